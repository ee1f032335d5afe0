"""How much waits in each queue, and since when the first of it.

Counted to ten thousand and no further: a person acts alike on more, and to count a hundred thousand
takes a fifth of a second, again and again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait in one queue of one site, and since when the first of them.

    ``is_capped``: there are more than ``count``.
    """

    site_id: UUID
    queue: Queue
    count: int
    is_capped: bool
    oldest_at: datetime | None


def waiting(session: Session, site_ids: Sequence[UUID]) -> list[Waiting]:
    """Count what waits on each site, without what can still be undone.

    Appeals and audits that a moderator may not take, having decided them, are counted all the same.
    """
    asked = [_count(site_id, queue) for site_id in site_ids for queue in COUNTED]
    if not asked:
        return []
    return [
        Waiting(site_id, Queue(queue), min(count, COUNTED_MOST), count > COUNTED_MOST, oldest_at)
        for site_id, queue, count, oldest_at in session.execute(union_all(*asked))
    ]


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


def _elsewhere(site_id: UUID, queue: Queue) -> Select[Any, Any]:
    items = elsewhere.rows(queue).subquery()
    return select(items.c.item_id.label("id"), items.c.since.label("since")).where(
        items.c.site_id == site_id, ~is_chosen(items.c.comment_id)
    )
