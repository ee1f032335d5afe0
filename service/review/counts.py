"""How much waits in each queue, and since when the first of it.

Counted to ten thousand and no further: a person acts alike on more, and to count a hundred thousand
takes a fifth of a second, again and again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.review import elsewhere
from service.review.queue import belongs, is_chosen
from service.review.queue_names import OF_HELD, Queue

COUNTED_MOST: Final = 10_000
# All but `recent`, in which nothing waits.
COUNTED: Final = tuple(queue for queue in Queue if queue is not Queue.RECENT)

# In these some may not take what they have decided themselves.
NOT_FOR_ALL: Final = (Queue.APPEALS, Queue.AUDIT)
# To find out who may not take an audit takes a look at its decisions.
APART_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Apart:
    """How many of those that wait ``not_by`` may not take, having decided them; None: no one."""

    not_by: UUID | None
    count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait in one queue of one site, and since when the first of them.

    ``is_capped``: there are more than ``count``. ``apart``: which of them are not for everybody.
    """

    site_id: UUID
    queue: Queue
    count: int
    is_capped: bool
    oldest_at: datetime | None
    apart: tuple[Apart, ...] = ()

    def as_seen_by(self, moderator_id: UUID) -> Self:
        """Return it without what this moderator may not take."""
        own = [each for each in self.apart if each.not_by == moderator_id]
        if not own:
            return self
        others = [each.oldest_at for each in self.apart if each.not_by != moderator_id]
        # A decision between the two questions may have taken away what was counted apart.
        count = max(0, self.count - sum(each.count for each in own))
        # All that was looked at may be one's own: what is behind it is younger, and there.
        last = max(each.oldest_at for each in own) if count else None
        return replace(self, count=count, oldest_at=min(others, default=last))


def waiting(session: Session, site_ids: Sequence[UUID]) -> list[Waiting]:
    """Count what waits on each site, without what can still be undone.

    Appeals and audits are counted for everybody; ``as_seen_by`` leaves out what a moderator may not
    take.
    """
    asked = [_count(site_id, queue) for site_id in site_ids for queue in COUNTED]
    if not asked:
        return []
    apart = _apart(session, site_ids)
    return [
        Waiting(
            site_id,
            Queue(queue),
            min(count, COUNTED_MOST),
            is_capped=count > COUNTED_MOST,
            oldest_at=oldest_at,
            apart=tuple(apart.get((site_id, Queue(queue)), ())),
        )
        for site_id, queue, count, oldest_at in session.execute(union_all(*asked))
    ]


def _apart(session: Session, site_ids: Sequence[UUID]) -> dict[tuple[UUID, Queue], list[Apart]]:
    """Return who may not take how many of what has waited longest."""
    asked = [_by_whom_not(site_id, queue) for site_id in site_ids for queue in NOT_FOR_ALL]
    found: dict[tuple[UUID, Queue], list[Apart]] = {}
    for site_id, queue, *apart in session.execute(union_all(*asked)):
        found.setdefault((site_id, Queue(queue)), []).append(Apart(*apart))
    return found


def _by_whom_not(site_id: UUID, queue: Queue) -> Select[Any, Any, Any, Any, Any]:
    first = _elsewhere(site_id, queue).order_by("id").limit(APART_MOST).subquery()
    return select(
        literal(site_id).label("site_id"),
        literal(queue.value).label("queue"),
        first.c.not_by,
        func.count().label("count"),
        func.min(first.c.since).label("since"),
    ).group_by(first.c.not_by)


def _count(site_id: UUID, queue: Queue) -> Select[Any, Any, Any, Any]:
    rows = _held(site_id, queue) if queue in OF_HELD else _elsewhere(site_id, queue)
    counted = rows.limit(COUNTED_MOST + 1).subquery()
    first = rows.order_by(rows.selected_columns.id).limit(1).subquery()
    return select(
        literal(site_id).label("site_id"),
        literal(queue.value).label("queue"),
        select(func.count()).select_from(counted).scalar_subquery(),
        select(first.c.since).scalar_subquery(),
    )


def _held(site_id: UUID, queue: Queue) -> Select[Any, Any]:
    return select(Comment.id, Comment.created_at.label("since")).where(
        Comment.site_id == site_id, *belongs(queue), ~is_chosen(Comment.id)
    )


def _elsewhere(site_id: UUID, queue: Queue) -> Select[Any, Any, Any]:
    items = elsewhere.rows(queue).subquery()
    return select(
        items.c.item_id.label("id"), items.c.since.label("since"), items.c.not_by.label("not_by")
    ).where(items.c.site_id == site_id, ~is_chosen(items.c.comment_id))
