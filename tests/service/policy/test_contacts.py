"""Contacts: numbers, addresses and messengers that a text gives away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.policy.contacts import ContactKind, contacts


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("тел. +998 90 123-45-67", ContactKind.PHONE, "+998 90 123-45-67"),
        ("звони 901234567", ContactKind.PHONE, "901234567"),
        ("8 (701) 123 45 67 Алматы", ContactKind.PHONE, "8 (701) 123 45 67"),
        ("8-916-123-45-67", ContactKind.PHONE, "8-916-123-45-67"),
        ("call +44 20 7946 0958", ContactKind.PHONE, "+44 20 7946 0958"),
        ("почта: a.b@mail.ru", ContactKind.EMAIL, "a.b@mail.ru"),
        ("https://t.me/joinchat/AAA", ContactKind.MESSENGER, "https://t.me/joinchat/AAA"),
        ("wa.me/x", ContactKind.MESSENGER, "wa.me/x"),
        ("тг: best_crypto", ContactKind.MESSENGER, "тг: best_crypto"),
        ("пиши в телеграм @best_crypto", ContactKind.MESSENGER, "телеграм @best_crypto"),
        ("Telegram kanal: @superkanal", ContactKind.MESSENGER, "Telegram kanal: @superkanal"),
        ("инста: my.shop", ContactKind.MESSENGER, "инста: my.shop"),
        ("İ, tg: best_crypto", ContactKind.MESSENGER, "tg: best_crypto"),
        ("was, wahr, WA: best_crypto", ContactKind.MESSENGER, "WA: best_crypto"),
    ],
)
def test_a_contact_is_found_with_its_kind_and_place(
    text: str, kind: ContactKind, written: str
) -> None:
    (contact,) = contacts(text)
    assert (contact.kind, contact.as_written) == (kind, written)
    assert text[contact.start : contact.end] == written


@pytest.mark.parametrize(
    "text",
    [
        "в 1991 году 1 200 000 человек",
        "12.05.2024 в 10:30, счёт 3:2",
        "карта 8600 1234 5678 9012",
        "12 500 000 сум за 100 м2",
        "телеграм заблокировали, вотсап не работает",
        "мой ватсап - добрый, а тг - лучше",
        "в телеграме читаю новости",
        "@petrov прав",
        "статья 159, пункт 3, закон № 1234567",
    ],
)
def test_what_only_looks_like_a_contact_is_none(text: str) -> None:
    assert contacts(text) == []


def test_a_number_is_found_once_though_many_countries_know_it() -> None:
    assert len(contacts("+7 701 123-45-67")) == 1


@settings(deadline=None)
@given(st.text(st.characters() | st.sampled_from("0123456789+@.: "), max_size=200))
def test_contacts_lie_in_the_text_in_order(text: str) -> None:
    found = contacts(text)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(text[one.start : one.end] == one.as_written for one in found)
