"""Following a one-time link: who joins a site, and who chooses a new password."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.moderators import actions, links, passwords
from service.moderators.errors import (
    LinkNotGood,
    OldPasswordWrong,
    PasswordOfAccount,
    SignsInElsewhere,
)
from service.moderators.rules import clean_name, clean_password, higher
from service.moderators.tables import AccountLink, LinkKind, Membership, Moderator, Role, SignIn
from service.sites import log
from service.sites.tables import ChangeKind, Site


def accept(session: Session, token: str, *, name: str, password: str, now: datetime) -> Moderator:
    """Follow an invitation: with a new password, or with the one of the account that is there.

    Raises:
        LinkNotGood: it cannot be followed, or not any more.
        NameInvalid, PasswordUnfit: what was typed does not serve.
        PasswordOfAccount: the address has an account, whose password this is not.
        SignsInElsewhere: the address has an account that has no password here.
    """
    link = links.find(session, LinkKind.INVITATION, token, now=now)
    who = _account(session, link.email)
    if who is None:
        who = actions.create_moderator(
            session, email=link.email, name=clean_name(name), password=password, now=now
        )
    elif who.disabled_at is not None:
        # Whoever left has nothing here that this password would open: see `disable`.
        who.name = clean_name(name)
        who.password_hash = passwords.hashed(clean_password(password))
        who.disabled_at = None
    else:
        _check_password(who, password)
    join(session, who, [link], now=now)
    return who


def accept_as(session: Session, token: str, who: Moderator, *, now: datetime) -> None:
    """Follow an invitation as somebody who is signed in.

    Raises:
        LinkNotGood: it cannot be followed, not any more, or is for another address.
    """
    link = links.find(session, LinkKind.INVITATION, token, now=now)
    if link.email != who.email:
        raise LinkNotGood
    join(session, who, [link], now=now)


def join(
    session: Session, who: Moderator, invitations: Iterable[AccountLink], *, now: datetime
) -> None:
    """Give what the invitations promise, to somebody who has shown to be meant; each is used up.

    A role that is higher already stays.
    """
    for link in invitations:
        site, role = _promised(session, link)
        held = session.scalar(
            select(Membership.role).where(
                Membership.moderator_id == who.id, Membership.site_id == site.id
            )
        )
        actions.add_membership(session, who, site, higher(role, held), now=now)
        link.used_at = now
        told = {"email": link.email, "role": role.value, "invited_by": link.made_by}
        log.write(session, site.id, ChangeKind.JOINED, by=link.email, now=now, **told)


def choose_password(session: Session, token: str, *, password: str, now: datetime) -> Moderator:
    """Follow a link for a new password: every session of the old one ends.

    Raises:
        LinkNotGood: it cannot be followed, or not any more.
        PasswordUnfit: too short, or too long.
    """
    link = links.find(session, LinkKind.PASSWORD, token, now=now)
    who = session.get_one(Moderator, link.moderator_id, with_for_update={"key_share": True})
    if who.disabled_at is not None:
        raise LinkNotGood
    set_password(session, who, password)
    link.used_at = now
    session.flush()
    return who


def change_password(session: Session, who: Moderator, *, old: str, new: str, now: datetime) -> None:
    """Change one's own password: every session ends, this one too, and every link for another.

    Raises:
        OldPasswordWrong: ``old`` is not the password.
        PasswordUnfit: ``new`` is too short, or too long.
    """
    if who.password_hash is None or not actions.is_password_of(who, old):
        raise OldPasswordWrong
    set_password(session, who, new)
    links.revoke_for(session, who.id, now=now)


def set_password(session: Session, who: Moderator, password: str) -> None:
    """Store another password and end every session."""
    who.password_hash = passwords.hashed(clean_password(password))
    session.execute(delete(SignIn).where(SignIn.moderator_id == who.id))
    session.flush()


def forget_password(session: Session, who: Moderator, *, now: datetime) -> None:
    """Leave nothing to whoever has the password, a session, or a link for a new password."""
    who.password_hash = None
    session.execute(delete(SignIn).where(SignIn.moderator_id == who.id))
    links.revoke_for(session, who.id, now=now)
    session.flush()


def _account(session: Session, email: str) -> Moderator | None:
    return session.scalar(
        select(Moderator).where(Moderator.email == email).with_for_update(key_share=True)
    )


def _check_password(who: Moderator, password: str) -> None:
    """Pass the account's own password; the holder of a link is not yet the account's."""
    if who.password_hash is None:
        raise SignsInElsewhere
    if not actions.is_password_of(who, password):
        raise PasswordOfAccount


def _promised(session: Session, link: AccountLink) -> tuple[Site, Role]:
    assert link.site_id is not None  # noqa: S101 - so are invitations
    assert link.role is not None  # noqa: S101
    return session.get_one(Site, link.site_id), link.role
