"""The queues of what is decided already and waits for a person all the same.

Each comes from another slice as a selection of rows that wait, one for each comment: its site, the
comment, an id by which the oldest comes first, since when it waits, and who may not take it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Uuid,
    cast,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from service.appeals import queries as appeals
from service.comments.status import Status
from service.comments.tables import Comment
from service.moderators.tables import Moderator
from service.quality import queries as quality
from service.reports import queries as reports
from service.review.filters import EVERYTHING, Filters
from service.review.queue import is_chosen, is_claimed
from service.review.queue_names import Queue
from service.review.tables import Disagreement

_WITHDRAWN: ColumnElement[bool] = Comment.status != literal_column(f"'{Status.WITHDRAWN}'")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A comment that waits in another queue than the held ones, since when, and its place there."""

    comment: Comment
    item_id: UUID
    since: datetime


def rows(queue: Queue) -> Select[UUID, UUID, UUID, datetime, UUID | None]:
    """Return what waits in ``queue``: site_id, comment_id, item_id, since, not_by."""
    match queue:
        case Queue.REPORTED:
            return reports.waiting_reports()
        case Queue.NOTICES:
            return reports.waiting_notices()
        case Queue.APPEALS:
            return appeals.waiting()
        case Queue.AUDIT:
            return quality.waiting()
        case Queue.DISAGREEMENT:
            return _disagreements()
        case _:
            raise ValueError(f"{queue} is a queue of held comments")


def page(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    queue: Queue,
    filters: Filters = EVERYTHING,
    newest_first: bool = False,
    after: UUID | None = None,
    limit: int,
    now: datetime,
) -> list[Waiting]:
    """Return what waits, the oldest first, without what a colleague has in hand or has decided."""
    waiting = rows(queue).subquery()
    by = waiting.c.item_id
    found = (
        _free(waiting, moderator)
        .where(
            waiting.c.site_id.in_(site_ids),
            ~is_claimed(now=now, but_by=moderator),
            *filters.conditions(session, site_ids),
        )
        .order_by(by.desc() if newest_first else by)
        .limit(limit)
    )
    if after is not None:
        found = found.where(by < after if newest_first else by > after)
    return [Waiting(*row) for row in session.execute(found)]


def lock_next(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    queue: Queue,
    now: datetime,
) -> Comment | None:
    """Return the comment that has waited longest and seems free, locked for this caller."""
    waiting = rows(queue).subquery()
    found = (
        _free(waiting, moderator)
        .where(waiting.c.site_id.in_(site_ids), ~is_claimed(now=now))
        .order_by(waiting.c.item_id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Comment, key_share=True)
        .execution_options(populate_existing=True)
    )
    first: Comment | None = session.scalar(found)
    return first


def waits(session: Session, queue: Queue, comment_id: UUID, moderator: Moderator) -> bool:
    """Say whether the comment waits in ``queue``, for this moderator too."""
    waiting = rows(queue).subquery()
    found = select(waiting.c.item_id).where(
        waiting.c.comment_id == comment_id, _not_barred(waiting, moderator)
    )
    return session.scalar(found.limit(1)) is not None


def _free(waiting: Subquery, moderator: Moderator) -> Select[Comment, UUID, datetime]:
    return (
        select(Comment, waiting.c.item_id, waiting.c.since)
        .join(waiting, waiting.c.comment_id == Comment.id)
        .where(_WITHDRAWN, ~is_chosen(Comment.id), _not_barred(waiting, moderator))
    )


def _not_barred(waiting: Subquery, moderator: Moderator) -> ColumnElement[bool]:
    return or_(waiting.c.not_by.is_(None), waiting.c.not_by != moderator.id)


def _disagreements() -> Select[Any, Any, Any, Any, Any]:
    return select(
        Disagreement.site_id,
        Disagreement.comment_id,
        Disagreement.id.label("item_id"),
        Disagreement.opened_at.label("since"),
        cast(null(), Uuid()).label("not_by"),
    ).where(Disagreement.closed_at.is_(None))
