"""Moderators come, sign in and out, and leave."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.db import new_id
from service.moderators import passwords
from service.moderators.errors import EmailInvalid, EmailTaken, SignInRefused
from service.moderators.queries import SignedIn, digest_of
from service.moderators.rules import clean_email, clean_password, composed
from service.moderators.tables import Membership, Moderator, OutsideIdentity, Role, SignIn
from service.sites.tables import Site

# Prolonging a session at every request would be a write for every read.
_PROLONG_AFTER = timedelta(minutes=1)
_TRIED_MAX_CHARS = 1000


def create_moderator(
    session: Session, *, email: str, name: str, password: str, now: datetime
) -> Moderator:
    """Take a person in, who may do nothing yet: see ``add_membership``.

    Raises:
        EmailInvalid: this is no address.
        PasswordUnfit: too short, or too long.
        EmailTaken: somebody has this address, whether still here or not.
    """
    stored: Moderator | None = session.scalar(
        insert(Moderator)
        .values(
            id=new_id(),
            email=clean_email(email),
            name=name.strip(),
            password_hash=passwords.hashed(clean_password(password)),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(Moderator)
    )
    if stored is None:
        raise EmailTaken
    return stored


def add_membership(
    session: Session, moderator: Moderator, site: Site, role: Role, *, now: datetime
) -> None:
    """Let the moderator work on the site, in this role from now on."""
    session.execute(
        insert(Membership)
        .values(moderator_id=moderator.id, site_id=site.id, role=role, created_at=now)
        .on_conflict_do_update(
            index_elements=["moderator_id", "site_id"], set_={"role": role.value}
        )
    )


def remove_membership(session: Session, moderator: Moderator, site: Site) -> None:
    """Take the moderator off the site, signed out everywhere: no page goes on with old rights.

    Whoever calls this wants ``team.actions.remove_member``, which also gives back what was claimed.
    """
    session.execute(delete(SignIn).where(SignIn.moderator_id == moderator.id))
    session.execute(
        delete(Membership).where(
            Membership.moderator_id == moderator.id, Membership.site_id == site.id
        )
    )


def sign_in(
    session: Session, email: str, password: str, *, now: datetime, lifetime: timedelta
) -> str:
    """Open a session and return its token, of which only the hash is kept.

    Raises:
        SignInRefused: no such moderator, another password, or one who has left. Which of these,
            neither the answer nor the work tells.
    """
    moderator = _by_email(session, email)
    if not is_password_of(moderator, password) or moderator is None or moderator.disabled_at:
        raise SignInRefused
    tried = moderator.password_hash
    session.refresh(moderator, with_for_update={"key_share": True})
    if moderator.password_hash != tried or moderator.disabled_at:
        # Changed while we worked on it: what ends the old password's sessions must not miss this.
        raise SignInRefused
    if tried and passwords.is_outdated(tried):
        moderator.password_hash = passwords.hashed(clean_password(password))
    return open_session(session, moderator, now=now, lifetime=lifetime)


def open_session(
    session: Session, moderator: Moderator, *, now: datetime, lifetime: timedelta
) -> str:
    """Open a session for somebody who has been recognised; forget those that have ended."""
    session.execute(
        delete(SignIn).where(SignIn.moderator_id == moderator.id, SignIn.expires_at <= now)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_digest=digest_of(token),
            moderator_id=moderator.id,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    session.flush()
    return token


def prolong(session: Session, who: SignedIn, *, now: datetime, lifetime: timedelta) -> None:
    """Keep the session of a moderator who is at work open; a token ends when it ends."""
    if who.sign_in is not None and who.sign_in.expires_at < now + lifetime - _PROLONG_AFTER:
        who.sign_in.expires_at = now + lifetime
        session.flush()


def sign_out(session: Session, token: str) -> None:
    """End the session; ending it twice is no error."""
    session.execute(delete(SignIn).where(SignIn.token_digest == digest_of(token)))


def disable(session: Session, moderator: Moderator, *, now: datetime) -> None:
    """Have the moderator leave: every session ends, none opens again, the decisions stay.

    No site, no password and no outside identity stays either, so that whoever is invited under the
    same address one day begins with nothing.
    Whoever calls this wants ``review.claims.dismiss``, which also gives back what was claimed.
    """
    # The sessions first: a request prolongs its own before it may wait for the moderator's row.
    for table in (SignIn, Membership, OutsideIdentity):
        session.execute(delete(table).where(table.moderator_id == moderator.id))
    moderator.password_hash = None
    moderator.disabled_at = moderator.disabled_at or now
    session.flush()


def is_password_of(moderator: Moderator | None, password: str) -> bool:
    """Say whether this is the moderator's password; for nobody it takes as long, and it is not."""
    # Cut, so that a megabyte of password is not a megabyte of work; one so long is nobody's.
    tried = composed(password[:_TRIED_MAX_CHARS])
    return passwords.is_right(tried, None if moderator is None else moderator.password_hash)


def _by_email(session: Session, email: str) -> Moderator | None:
    try:
        return session.scalar(select(Moderator).where(Moderator.email == clean_email(email)))
    except EmailInvalid:
        return None
