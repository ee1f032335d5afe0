from datetime import datetime, timedelta
from importlib.util import find_spec, module_from_spec
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.moderators import actions, passwords, queries
from service.moderators.errors import (
    EmailInvalid,
    EmailTaken,
    NotSignedIn,
    PasswordUnfit,
    SignInRefused,
)
from service.moderators.tables import Role, SignIn
from tests.factories.moderators import PASSWORD, a_token, stored_moderator
from tests.factories.sites import a_site

LIFETIME = timedelta(hours=12)


def _sign_in(session: Session, email: str, password: str, now: datetime) -> str:
    return actions.sign_in(session, email, password, now=now, lifetime=LIFETIME)


def test_a_new_moderator_signs_in_with_the_password(session: Session, now: datetime) -> None:
    created = actions.create_moderator(
        session, email=" Aziza@News.example ", name="Aziza", password=PASSWORD, now=now
    )
    token = _sign_in(session, "aziza@news.EXAMPLE", PASSWORD, now)
    assert queries.signed_in(session, token, now=now).moderator is created


def test_neither_the_password_nor_the_token_is_stored(session: Session, now: datetime) -> None:
    created = actions.create_moderator(
        session, email="a@news.example", name="Aziza", password=PASSWORD, now=now
    )
    token = _sign_in(session, "a@news.example", PASSWORD, now)
    stored = session.scalars(select(SignIn)).one()
    assert created.password_hash
    assert created.password_hash.startswith("$argon2id$")
    assert PASSWORD not in created.password_hash
    assert token.encode() not in stored.token_digest


def test_one_e_mail_address_is_one_moderator(session: Session, now: datetime) -> None:
    stored_moderator(session, email="aziza@news.example")
    with pytest.raises(EmailTaken):
        actions.create_moderator(
            session, email="AZIZA@news.example", name="Another", password=PASSWORD, now=now
        )


@pytest.mark.parametrize("email", ["", "aziza", "a b@c.example", "a@b", "a@@b.example", "a\0@b.c"])
def test_what_is_no_e_mail_address_is_refused(session: Session, now: datetime, email: str) -> None:
    with pytest.raises(EmailInvalid):
        actions.create_moderator(session, email=email, name="Aziza", password=PASSWORD, now=now)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 201])
def test_a_password_of_unfit_length_is_refused(
    session: Session, now: datetime, password: str
) -> None:
    with pytest.raises(PasswordUnfit):
        actions.create_moderator(
            session, email="a@news.example", name="Aziza", password=password, now=now
        )


@pytest.mark.parametrize("password", ["wrong horse battery", "", "x" * 5000, "\0"])
def test_a_wrong_password_is_refused(session: Session, now: datetime, password: str) -> None:
    moderator = stored_moderator(session)
    with pytest.raises(SignInRefused):
        _sign_in(session, moderator.email, password, now)


def test_an_unknown_address_takes_the_same_work_and_gets_the_same_answer(
    session: Session, now: datetime
) -> None:
    moderator = stored_moderator(session)
    answers, work = [], []
    for email in (moderator.email, "nobody@news.example", "no address"):
        with patch.object(passwords, "_hasher", wraps=passwords._hasher) as hasher:  # noqa: SLF001
            with pytest.raises(SignInRefused) as refused:
                _sign_in(session, email, "wrong horse battery", now)
            work.append(hasher.verify.call_count)
        answers.append(refused.value.detail)
    assert len(set(answers)) == 1
    assert work == [1, 1, 1]


def test_a_session_ends_when_nobody_is_at_work(session: Session, now: datetime) -> None:
    token = a_token(session, stored_moderator(session), now=now)
    assert queries.signed_in(session, token, now=now + LIFETIME - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        queries.signed_in(session, token, now=now + LIFETIME)


def test_work_prolongs_the_session(session: Session, now: datetime) -> None:
    token = a_token(session, stored_moderator(session), now=now)
    later = now + timedelta(hours=11)
    actions.prolong(
        session, queries.signed_in(session, token, now=later), now=later, lifetime=LIFETIME
    )
    assert queries.signed_in(session, token, now=now + timedelta(hours=20))


def test_signing_out_ends_this_session_alone(session: Session, now: datetime) -> None:
    moderator = stored_moderator(session)
    here, there = (a_token(session, moderator, now=now) for _ in range(2))
    actions.sign_out(session, here)
    with pytest.raises(NotSignedIn):
        queries.signed_in(session, here, now=now)
    assert queries.signed_in(session, there, now=now)


def test_a_moderator_who_leaves_is_signed_out_everywhere_for_good(
    session: Session, now: datetime
) -> None:
    moderator = stored_moderator(session)
    tokens = [a_token(session, moderator, now=now) for _ in range(2)]
    actions.disable(session, moderator, now=now)
    for token in tokens:
        with pytest.raises(NotSignedIn):
            queries.signed_in(session, token, now=now)
    with pytest.raises(SignInRefused):
        _sign_in(session, moderator.email, PASSWORD, now)


def test_a_role_given_again_replaces_the_one_before(session: Session, now: datetime) -> None:
    site = a_site()
    session.add(site)
    session.flush()
    moderator = stored_moderator(session)
    for role in (Role.ADMIN, Role.LEAD):
        actions.add_membership(session, moderator, site, role, now=now)
    assert queries.memberships(session, moderator.id) == [(site, Role.LEAD)]
    actions.remove_membership(session, moderator, site)
    assert queries.memberships(session, moderator.id) == []


def test_a_password_takes_the_work_that_rfc_9106_asks_of_small_machines() -> None:
    spec = find_spec("service.moderators.passwords")
    assert spec is not None
    assert spec.loader is not None
    in_earnest = module_from_spec(spec)  # other tests have it hash with next to no work
    spec.loader.exec_module(in_earnest)
    stored = in_earnest.hashed(PASSWORD)
    assert extract_parameters(stored) == RFC_9106_LOW_MEMORY
    assert in_earnest.is_right(PASSWORD, stored)


def test_a_hash_of_weaker_days_is_made_anew(session: Session, now: datetime) -> None:
    moderator = stored_moderator(session)
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    moderator.password_hash = weaker.hash(PASSWORD)
    _sign_in(session, moderator.email, PASSWORD, now)
    assert not passwords.is_outdated(moderator.password_hash)
    assert passwords.is_right(PASSWORD, moderator.password_hash)
