"""Which moderator somebody is who has signed in at an OpenID Connect provider."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Invalid
from service.moderators import joining, links
from service.moderators.errors import OutsideUnknown
from service.moderators.oidc import Person
from service.moderators.rules import NAME_MAX_CHARS, clean_email, clean_name
from service.moderators.tables import Moderator, OutsideIdentity


class Recognised(NamedTuple):
    """Somebody who has signed in; ``is_new`` where nobody had proved before to be that person."""

    who: Moderator
    is_new: bool


def recognise(session: Session, person: Person, *, now: datetime) -> Recognised:
    """Return the moderator; open invitations of the address, which is proved now, are followed.

    The first time it is the address that tells who somebody is, and then the provider's own name
    for the person: an address that passes on to somebody else does not take the account along.
    Nobody had to prove the address before. From then on the account has no password here, and
    whoever was signed in by the one it had is signed out. Whoever calls this ends what was made in
    the name of somebody new: see ``team.actions.end_handed_out``.

    Raises:
        OutsideUnknown: nobody here has this address, or it was somebody else's.
    """
    try:
        email = clean_email(person.email)
    except Invalid as error:
        raise OutsideUnknown from error
    linked = _linked(session, person)
    if linked is not None and linked.disabled_at is None:
        if linked.email == email:
            joining.join(session, linked, links.invitations_of(session, email, now=now), now=now)
        return Recognised(linked, is_new=False)
    who = _by_email(session, person, email, now=now)
    session.add(
        OutsideIdentity(
            issuer=person.issuer, subject=person.subject, moderator_id=who.id, linked_at=now
        )
    )
    session.flush()
    return Recognised(who, is_new=True)


def _by_email(session: Session, person: Person, email: str, *, now: datetime) -> Moderator:
    invitations = links.invitations_of(session, email, now=now)
    who = session.scalar(
        select(Moderator).where(Moderator.email == email).with_for_update(key_share=True)
    )
    if who is not None and who.disabled_at is None:
        if _has_identity(session, person.issuer, who):
            raise OutsideUnknown
        joining.forget_password(session, who, now=now)
    elif invitations:
        who = who or Moderator(email=email, name="", password_hash=None, created_at=now)
        who.name, who.disabled_at = _name(person), None
        session.add(who)
        joining.forget_password(session, who, now=now)
    else:
        raise OutsideUnknown
    joining.join(session, who, invitations, now=now)
    return who


def _linked(session: Session, person: Person) -> Moderator | None:
    return session.scalar(
        select(Moderator)
        .join(OutsideIdentity, OutsideIdentity.moderator_id == Moderator.id)
        .where(OutsideIdentity.issuer == person.issuer, OutsideIdentity.subject == person.subject)
    )


def _has_identity(session: Session, issuer: str, who: Moderator) -> bool:
    """Say whether somebody of this provider is this moderator already."""
    found = select(OutsideIdentity.subject).where(
        OutsideIdentity.issuer == issuer, OutsideIdentity.moderator_id == who.id
    )
    return session.scalar(found.limit(1)) is not None


def _name(person: Person) -> str:
    try:
        return clean_name(person.name[:NAME_MAX_CHARS])
    except Invalid:
        return person.email.partition("@")[0]
