"""One-time links: an invitation to a site, and a new password for who has lost the old one.

Parley sends no mail: whoever makes a link hands it on. It is shown once, and only the hash of its
token is kept.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from service.moderators.errors import LinkNotGood, ModeratorNotFound
from service.moderators.queries import digest_of
from service.moderators.rules import clean_email, is_program
from service.moderators.tables import AccountLink, LinkKind, Moderator, Role
from service.sites import log
from service.sites.tables import ChangeKind, Site

_TOKEN_BYTES = 32


def invite(
    session: Session,
    site: Site,
    *,
    email: str,
    role: Role,
    by: str,
    now: datetime,
    lifetime: timedelta,
) -> tuple[AccountLink, str]:
    """Invite whoever holds the link, under this address; return it with its token.

    An earlier open invitation of the same address to the site ends. Whether the address has an
    account already, nothing here depends on or tells.

    Raises:
        EmailInvalid: this is no address.
    """
    address = clean_email(email)
    _revoke(session, AccountLink.site_id == site.id, AccountLink.email == address, now=now)
    link, token = _make(
        session,
        AccountLink(
            token_digest=b"",
            kind=LinkKind.INVITATION,
            email=address,
            site_id=site.id,
            role=role,
            made_by=by,
            made_at=now,
            expires_at=now + lifetime,
        ),
    )
    kind = ChangeKind.INVITED
    log.write(session, site.id, kind, by=by, now=now, email=address, role=role.value)
    return link, token


def for_password(
    session: Session, moderator: Moderator, *, by: str, now: datetime, lifetime: timedelta
) -> tuple[AccountLink, str]:
    """Let whoever holds the link choose the moderator's password; an earlier such link ends.

    Raises:
        ModeratorNotFound: the moderator has left, or is a program.
    """
    if moderator.disabled_at is not None or is_program(moderator.email):
        raise ModeratorNotFound
    _revoke(session, AccountLink.moderator_id == moderator.id, now=now)
    return _make(
        session,
        AccountLink(
            token_digest=b"",
            kind=LinkKind.PASSWORD,
            email=moderator.email,
            moderator_id=moderator.id,
            made_by=by,
            made_at=now,
            expires_at=now + lifetime,
        ),
    )


def find(session: Session, kind: LinkKind, token: str, *, now: datetime) -> AccountLink:
    """Return the open link of this token, locked: it opens once, however often it is sent.

    Raises:
        LinkNotGood: unknown, used, revoked or over; which of these, is not told.
    """
    found = session.scalar(
        select(AccountLink)
        .where(AccountLink.token_digest == digest_of(token), AccountLink.kind == kind)
        .where(*_is_open(now))
        .with_for_update()
    )
    if found is None:
        raise LinkNotGood
    return found


def open_invitations(session: Session, site_id: UUID, *, now: datetime) -> Sequence[AccountLink]:
    """Return the invitations to the site that nobody has followed yet, newest first."""
    return session.scalars(
        select(AccountLink)
        .where(AccountLink.site_id == site_id, *_is_open(now))
        .order_by(AccountLink.id.desc())
    ).all()


def invitations_of(session: Session, email: str, *, now: datetime) -> Sequence[AccountLink]:
    """Return the open invitations of an address that somebody has proved to be theirs, locked."""
    return session.scalars(
        select(AccountLink)
        .where(AccountLink.email == email, AccountLink.kind == LinkKind.INVITATION)
        .where(*_is_open(now))
        .order_by(AccountLink.id)
        .with_for_update()
    ).all()


def revoke_invitation(
    session: Session, site: Site, invitation_id: UUID, *, by: str, now: datetime
) -> None:
    """End an open invitation to the site.

    Raises:
        LinkNotGood: the site has no such invitation, or it is not open any more.
    """
    ended = _revoke(
        session, AccountLink.site_id == site.id, AccountLink.id == invitation_id, now=now
    )
    if not ended:
        raise LinkNotGood
    kind = ChangeKind.INVITATION_REVOKED
    log.write(session, site.id, kind, by=by, now=now, email=ended[0])


def revoke_made_by(session: Session, site_id: UUID, made_by: str, *, now: datetime) -> None:
    """End what somebody who leaves the site has handed out."""
    _revoke(session, AccountLink.site_id == site_id, AccountLink.made_by == made_by, now=now)


def revoke_for_passwords_by(session: Session, made_by: str, *, now: datetime) -> None:
    """End the links for new passwords that somebody has made for others."""
    _revoke(session, AccountLink.kind == LinkKind.PASSWORD, AccountLink.made_by == made_by, now=now)


def revoke_for(session: Session, moderator_id: UUID, *, now: datetime) -> None:
    """End the links by which the moderator's password could be changed."""
    _revoke(session, AccountLink.moderator_id == moderator_id, now=now)


def _make(session: Session, link: AccountLink) -> tuple[AccountLink, str]:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link.token_digest = digest_of(token)
    session.add(link)
    session.flush()
    return link, token


def _revoke(session: Session, *which: ColumnElement[bool], now: datetime) -> Sequence[str]:
    """End open links, and return the addresses in them."""
    return session.scalars(
        update(AccountLink)
        .where(*which, *_is_open(now))
        .values(revoked_at=now)
        .returning(AccountLink.email)
    ).all()


def _is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        AccountLink.used_at.is_(None),
        AccountLink.revoked_at.is_(None),
        AccountLink.expires_at > now,
    )
