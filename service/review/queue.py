"""The queues are queries. Held: most urgent first, without what was left to a lead."""

import base64
import math
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Uuid,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from service.comments.tables import Comment
from service.moderators.tables import Moderator
from service.paging import CursorInvalid
from service.review.tables import Choice, Claim, Escalation

# Written out rather than bound: the planner takes the partial indices only for a literal.
IS_HELD: ColumnElement[bool] = Comment.status == literal_column("'held'")
_IS_OPEN: ColumnElement[bool] = Choice.state == literal_column("'open'")


class Queue(StrEnum):
    """``recent`` holds what moderators decided, newest first; the others wait for a decision."""

    HELD = "held"
    ESCALATED = "escalated"
    RECENT = "recent"


class Sort(StrEnum):
    """``priority`` is the probability of harm, highest first; ``lowest`` is its reverse."""

    PRIORITY = "priority"
    LOWEST = "lowest"
    OLDEST = "oldest"
    NEWEST = "newest"


def _order(sort: Sort, of: type[Comment] = Comment) -> tuple[ColumnElement[Any], ...]:
    """Return the order; `lowest` is the exact reverse of `priority`, so one index serves both."""
    match sort:
        case Sort.PRIORITY:
            return (of.urgency.desc(), of.id.asc())
        case Sort.LOWEST:
            return (of.urgency.asc(), of.id.desc())
        case Sort.OLDEST:
            return (of.id.asc(),)
        case Sort.NEWEST:
            return (of.id.desc(),)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait in one queue of one site, and since when the first of them."""

    site_id: UUID
    queue: Queue
    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue: what comes after it is the next page."""

    urgency: float
    comment_id: UUID

    @classmethod
    def of(cls, comment: Comment) -> Self:
        return cls(comment.urgency, comment.id)

    def encode(self) -> str:
        packed = struct.pack(">d16s", self.urgency, self.comment_id.bytes)
        return base64.urlsafe_b64encode(packed).decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return the place that ``text`` encodes.

        Raises:
            CursorInvalid: it encodes none.
        """
        try:
            urgency, packed_id = struct.unpack(">d16s", base64.urlsafe_b64decode(text))
        except (ValueError, struct.error) as error:
            raise CursorInvalid from error
        if not math.isfinite(urgency):
            raise CursorInvalid
        return cls(urgency, UUID(bytes=packed_id))


def is_chosen(comment_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Say whether somebody has decided the comment, though it can still be undone."""
    return exists().where(_IS_OPEN, Choice.comment_id == comment_id)


def is_claimed(*, now: datetime, but_by: Moderator | None = None) -> ColumnElement[bool]:
    """Say whether somebody, other than ``but_by``, has the comment in hand."""
    found = exists().where(Claim.comment_id == Comment.id, Claim.expires_at > now)
    return found if but_by is None else found.where(Claim.moderator_id != but_by.id)


def is_escalated() -> ColumnElement[bool]:
    """Say whether the comment was left to a lead."""
    return exists().where(Escalation.comment_id == Comment.id)


def is_free(*, now: datetime) -> ColumnElement[bool]:
    """Say whether nobody has the comment in hand, has chosen, or has left it to a lead."""
    return ~is_claimed(now=now) & ~is_chosen(Comment.id) & ~is_escalated()


def lock_next(session: Session, site_ids: Sequence[UUID], *, now: datetime) -> Comment | None:
    """Return the most urgent comment that seems free, locked, so that each caller gets another."""
    for site_id in _most_urgent_first(session, site_ids, now=now):
        found: Comment | None = session.scalar(
            _free(now=now)
            .where(Comment.site_id == site_id)
            .order_by(*_order(Sort.PRIORITY))
            .limit(1)
            .with_for_update(skip_locked=True, of=Comment, key_share=True)
            .execution_options(populate_existing=True)
        )
        if found is not None:
            return found
    return None


def page(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    queue: Queue = Queue.HELD,
    sort: Sort = Sort.PRIORITY,
    after: Place | None,
    limit: int,
    now: datetime,
) -> list[Comment]:
    """Return comments that no colleague has in hand or has decided, from ``after`` on."""
    if not site_ids:
        return []
    waits = is_escalated() if queue is Queue.ESCALATED else ~is_escalated()
    found = select(Comment).where(
        IS_HELD, waits, ~is_claimed(now=now, but_by=moderator), ~is_chosen(Comment.id)
    )
    if after is not None:
        found = found.where(_comes_after(after, sort))
    return list(session.scalars(_of_sites(found, site_ids, sort, each=limit, limit=limit)))


def recent(
    session: Session, site_ids: Sequence[UUID], *, before: UUID | None, limit: int
) -> list[Choice]:
    """Return what moderators chose, newest first."""
    found = select(Choice).where(Choice.site_id.in_(site_ids)).order_by(Choice.id.desc())
    if before is not None:
        found = found.where(Choice.id < before)
    return list(session.scalars(found.limit(limit)))


def waiting(session: Session, site_ids: Sequence[UUID]) -> list[Waiting]:
    """Count what waits on each site, without what can still be undone.

    All that is held is counted from the index alone; the few that were chosen or left to a lead are
    counted from their own small tables, rather than looked for beside each held comment.
    """
    held = _count_by_site(session, site_ids)
    chosen = _count_by_site(session, site_ids, is_chosen(Comment.id), ~is_escalated())
    escalated = _count_by_site(session, site_ids, is_escalated())
    both = _count_by_site(session, site_ids, is_escalated(), is_chosen(Comment.id))
    counts: dict[Queue, dict[UUID, int]] = {
        Queue.HELD: {
            # Four looks, between which somebody may decide: never below nothing.
            site_id: max(0, held[site_id] - escalated[site_id] - chosen[site_id])
            for site_id in site_ids
        },
        Queue.ESCALATED: {
            site_id: max(0, escalated[site_id] - both[site_id]) for site_id in site_ids
        },
    }
    return [
        Waiting(
            site_id,
            queue,
            counts[queue][site_id],
            _oldest(session, site_id, queue) if counts[queue][site_id] else None,
        )
        for site_id in site_ids
        for queue in counts
    ]


def _count_by_site(
    session: Session, site_ids: Sequence[UUID], *conditions: ColumnElement[bool]
) -> Counter[UUID]:
    rows = session.execute(
        select(Comment.site_id, func.count())
        .where(Comment.site_id.in_(site_ids), IS_HELD, *conditions)
        .group_by(Comment.site_id)
    )
    return Counter({site_id: count for site_id, count in rows})  # noqa: C416 - rows are no pairs to mypy


def _oldest(session: Session, site_id: UUID, queue: Queue) -> datetime | None:
    """Return when the oldest was sent; ids sort by time."""
    waits = is_escalated() if queue is Queue.ESCALATED else ~is_escalated()
    found: datetime | None = session.scalar(
        select(Comment.created_at)
        .where(Comment.site_id == site_id, IS_HELD, waits, ~is_chosen(Comment.id))
        .order_by(Comment.id)
        .limit(1)
    )
    return found


def _comes_after(place: Place, sort: Sort) -> ColumnElement[bool]:
    match sort:
        case Sort.PRIORITY:
            same = (Comment.urgency == place.urgency) & (Comment.id > place.comment_id)
            return (Comment.urgency <= place.urgency) & ((Comment.urgency < place.urgency) | same)
        case Sort.LOWEST:
            same = (Comment.urgency == place.urgency) & (Comment.id < place.comment_id)
            return (Comment.urgency >= place.urgency) & ((Comment.urgency > place.urgency) | same)
        case Sort.OLDEST:
            return Comment.id > place.comment_id
        case Sort.NEWEST:
            return Comment.id < place.comment_id


def _of_sites(
    found: Select[Comment], site_ids: Sequence[UUID], sort: Sort, *, each: int, limit: int
) -> Select[Comment]:
    """Return the first of several sites: each site's own first by the index, then merged."""
    if len(site_ids) == 1:
        found = found.where(Comment.site_id == site_ids[0])
        return found.order_by(*_order(sort)).limit(limit)
    ids = cast(list(site_ids), ARRAY(Uuid()))
    sites = func.unnest(ids).table_valued("site_id").render_derived()
    firsts = (
        found.where(Comment.site_id == sites.c.site_id)
        .order_by(*_order(sort))
        .limit(each)
        .lateral()
    )
    merged = aliased(Comment, firsts)
    return (
        select(merged)
        .select_from(sites.join(firsts, true()))
        .order_by(*_order(sort, merged))
        .limit(limit)
    )


def _free(*, now: datetime) -> Select[Comment]:
    return select(Comment).where(IS_HELD, is_free(now=now))


def _most_urgent_first(
    session: Session, site_ids: Sequence[UUID], *, now: datetime
) -> Sequence[UUID]:
    """Return the sites that have a free comment, the one with the most urgent first."""
    if len(site_ids) < 2:  # noqa: PLR2004 - one site is first among itself
        return site_ids
    first = _of_sites(_free(now=now), site_ids, Sort.PRIORITY, each=1, limit=len(site_ids))
    return [comment.site_id for comment in session.scalars(first)]
