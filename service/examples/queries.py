"""Reads of labelled examples."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.examples.origin import Origin
from service.examples.rules import OF_MODERATOR
from service.examples.tables import LabelledExample
from service.moderators import queries as moderators


def of_site(
    session: Session, site_id: UUID, *, after: UUID | None = None, limit: int = 1000
) -> list[LabelledExample]:
    """Return the site's examples, oldest first, from the one after ``after``."""
    wanted = select(LabelledExample).where(LabelledExample.site_id == site_id)
    if after is not None:
        wanted = wanted.where(LabelledExample.id > after)
    return list(session.scalars(wanted.order_by(LabelledExample.id).limit(limit)))


def count_by_origin(session: Session, site_id: UUID) -> dict[Origin, int]:
    """Return how many examples of the site came through each door."""
    counted = (
        select(LabelledExample.origin, func.count())
        .where(LabelledExample.site_id == site_id)
        .group_by(LabelledExample.origin)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def sender_names(session: Session, senders: Iterable[str]) -> dict[str, str]:
    """Return the names of those senders who are moderators, by sender."""
    ids = {
        UUID(each.removeprefix(OF_MODERATOR)) for each in senders if each.startswith(OF_MODERATOR)
    }
    found = moderators.names(session, ids)
    return {f"{OF_MODERATOR}{moderator_id}": name for moderator_id, name in found.items()}
