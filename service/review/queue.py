"""The queues of what is held are queries: without what a colleague has in hand or has decided.

What waits in the other queues is decided already, and comes from other slices: see ``elsewhere``.
"""

from collections.abc import Sequence
from datetime import datetime
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
from service.review.filters import EVERYTHING, Filters
from service.review.places import Place, comes_after, order
from service.review.queue_names import Queue, Sort
from service.review.tables import UNCERTAIN_WITHIN, Choice, Claim, Escalation

# Written out rather than bound: the planner takes the partial indices only for a literal.
IS_HELD: ColumnElement[bool] = Comment.status == literal_column("'held'")
_IS_OPEN: ColumnElement[bool] = Choice.state == literal_column("'open'")
_IS_UNCERTAIN: ColumnElement[bool] = Comment.margin <= literal_column(str(UNCERTAIN_WITHIN))


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


def belongs(queue: Queue) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a comment wait in ``queue``, one of those of held comments."""
    match queue:
        case Queue.ESCALATED:
            return (IS_HELD, is_escalated())
        case Queue.UNCERTAIN:
            return (IS_HELD, _IS_UNCERTAIN, ~is_escalated())
        case _:
            return (IS_HELD, ~is_escalated())


def natural(queue: Queue) -> Sort:
    """Return the order of a queue that nobody has put into another one."""
    return Sort.NEAREST if queue is Queue.UNCERTAIN else Sort.PRIORITY


def lock_next(
    session: Session, site_ids: Sequence[UUID], *, queue: Queue = Queue.HELD, now: datetime
) -> Comment | None:
    """Return the first comment that seems free, locked, so that each caller gets another."""
    sort = natural(queue)
    free = select(Comment).where(*belongs(queue), ~is_claimed(now=now), ~is_chosen(Comment.id))
    for site_id in _first_site_first(session, free, site_ids, sort):
        found: Comment | None = session.scalar(
            free.where(Comment.site_id == site_id)
            .order_by(*order(sort))
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
    sort: Sort | None = None,
    filters: Filters = EVERYTHING,
    after: Place | None = None,
    limit: int,
    now: datetime,
) -> list[Comment]:
    """Return comments that no colleague has in hand or has decided, from ``after`` on."""
    if not site_ids:
        return []
    wanted = statement(
        session,
        site_ids,
        moderator,
        queue=queue,
        sort=sort,
        filters=filters,
        after=after,
        limit=limit,
        now=now,
    )
    return list(session.scalars(wanted))


def statement(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    queue: Queue,
    sort: Sort | None = None,
    filters: Filters = EVERYTHING,
    after: Place | None = None,
    limit: int,
    now: datetime,
) -> Select[Comment]:
    """Return what ``page`` asks for; of one site at least."""
    by = sort or natural(queue)
    found = select(Comment).where(
        *belongs(queue),
        ~is_claimed(now=now, but_by=moderator),
        ~is_chosen(Comment.id),
        *filters.conditions(session, site_ids),
    )
    if by is Sort.NEAREST:
        found = found.where(Comment.margin.is_not(None))
    if after is not None:
        found = found.where(comes_after(after, by))
    return _of_sites(found, site_ids, by, each=limit, limit=limit)


def recent(
    session: Session,
    site_ids: Sequence[UUID],
    *,
    filters: Filters = EVERYTHING,
    before: UUID | None = None,
    limit: int,
) -> list[Choice]:
    """Return what moderators chose, newest first; a second opinion of the audit is no choice."""
    found = (
        select(Choice)
        .where(Choice.site_id.in_(site_ids), Choice.queue != Queue.AUDIT)
        .order_by(Choice.id.desc())
    )
    conditions = filters.conditions(session, site_ids)
    if conditions:
        found = found.join(Comment, Comment.id == Choice.comment_id).where(*conditions)
    if before is not None:
        found = found.where(Choice.id < before)
    return list(session.scalars(found.limit(limit)))


def _of_sites(
    found: Select[Comment], site_ids: Sequence[UUID], sort: Sort, *, each: int, limit: int
) -> Select[Comment]:
    """Return the first of several sites: each site's own first by the index, then merged."""
    if len(site_ids) == 1:
        found = found.where(Comment.site_id == site_ids[0])
        return found.order_by(*order(sort)).limit(limit)
    ids = cast(list(site_ids), ARRAY(Uuid()))
    sites = func.unnest(ids).table_valued("site_id").render_derived()
    firsts = (
        found.where(Comment.site_id == sites.c.site_id).order_by(*order(sort)).limit(each).lateral()
    )
    merged = aliased(Comment, firsts)
    return (
        select(merged)
        .select_from(sites.join(firsts, true()))
        .order_by(*order(sort, merged))
        .limit(limit)
    )


def _first_site_first(
    session: Session, free: Select[Comment], site_ids: Sequence[UUID], sort: Sort
) -> Sequence[UUID]:
    """Return the sites that have a free comment, the one whose comment comes first before all."""
    if len(site_ids) < 2:  # noqa: PLR2004 - one site is first among itself
        return site_ids
    first = _of_sites(free, site_ids, sort, each=1, limit=len(site_ids))
    return [comment.site_id for comment in session.scalars(first)]
