"""Who works on a site."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from service.moderators.errors import ModeratorNotFound
from service.moderators.tables import Membership, Moderator, ModeratorToken, Role, SignIn
from service.sites.tables import Site


class Member(NamedTuple):
    """A person on a site, and when the newest open session began, if there is one."""

    moderator: Moderator
    role: Role
    since: datetime
    signed_in_at: datetime | None


def members(session: Session, site_id: UUID, *, now: datetime) -> Sequence[Member]:
    """Return the people of the site by name; programs are in ``moderators.tokens``."""
    signed_in_at = (
        select(func.max(SignIn.created_at))
        .where(SignIn.moderator_id == Moderator.id, SignIn.expires_at > now)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Moderator, Membership.role, Membership.created_at, signed_in_at)
        .join(Membership, Membership.moderator_id == Moderator.id)
        .where(Membership.site_id == site_id, ~_IS_PROGRAM)
        .order_by(Moderator.name, Moderator.email)
    )
    return [Member(*row) for row in rows]


def member(session: Session, site_id: UUID, moderator_id: UUID) -> tuple[Moderator, Role]:
    """Return a person of the site, whose membership nobody else changes meanwhile.

    Raises:
        ModeratorNotFound: no such person works here; whether elsewhere, is not told.
    """
    found = session.execute(
        select(Moderator, Membership.role)
        .join(Membership, Membership.moderator_id == Moderator.id)
        .where(Membership.site_id == site_id, Membership.moderator_id == moderator_id, ~_IS_PROGRAM)
        .with_for_update(of=Membership)
    ).one_or_none()
    if found is None:
        raise ModeratorNotFound
    return found[0], found[1]


def works_on(session: Session, site_id: UUID, email: str) -> bool:
    """Say whether somebody of this address works on the site."""
    found = select(Membership.moderator_id).join(Moderator, Moderator.id == Membership.moderator_id)
    wanted = found.where(Membership.site_id == site_id, Moderator.email == email)
    return session.scalar(select(wanted.exists())) or False


def is_on_every_site(session: Session, site_ids: Sequence[UUID]) -> bool:
    """Say whether there is no other site than these."""
    return not session.scalar(select(exists().where(Site.id.not_in(site_ids))))


_IS_PROGRAM = exists().where(ModeratorToken.moderator_id == Moderator.id)
