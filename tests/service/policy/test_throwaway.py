"""E-mail addresses that are made to be thrown away."""

import pytest

from service.policy.throwaway import is_throwaway


@pytest.mark.parametrize("email", ["a@mailinator.com", "A@MAILINATOR.COM", "a@x.mailinator.com"])
def test_a_throwaway_mailbox_is_known_by_its_domain(email: str) -> None:
    assert is_throwaway(email)


@pytest.mark.parametrize("email", ["a@mail.ru", "a@gmail.com", "mailinator.com", "", "a@", "@"])
def test_a_lasting_mailbox_and_no_mailbox_are_not(email: str) -> None:
    assert not is_throwaway(email)
