"""Reads of appeals, and of the decisions that they are about."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, literal_column, select
from sqlalchemy.orm import Session

from service.appeals.errors import AppealNotFound
from service.appeals.outcome import AppealState
from service.appeals.tables import Appeal
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.tables import Actor, Decision

# A literal, so that the planner sees the condition of the partial index in every plan.
_IS_WAITING = Appeal.state == literal_column("'waiting'")

Waiting = Select[UUID, UUID, UUID, datetime, UUID | None]


@dataclass(frozen=True, slots=True)
class ToRead:
    """An appeal that waits, with the comment and the decision that it is about."""

    appeal: Appeal
    comment: Comment
    rejection: Decision


def waiting() -> Waiting:
    """Return the comments with an appeal, to be narrowed by site and paged by ``item_id``.

    One row for each: ``site_id``, ``comment_id``, ``item_id``, ``since``, and ``not_by``, the
    moderator who may not read it.
    """
    return select(
        Appeal.site_id,
        Appeal.comment_id,
        Appeal.id.label("item_id"),
        Appeal.created_at.label("since"),
        Appeal.rejected_by.label("not_by"),
    ).where(_IS_WAITING)


def about(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, Appeal]:
    """Return the appeal that waits on each of these comments that has one."""
    found = select(Appeal).where(
        Appeal.comment_id.in_(comment_ids), Appeal.state == AppealState.WAITING
    )
    return {appeal.comment_id: appeal for appeal in session.scalars(found)}


def to_read(
    session: Session,
    site_ids: Collection[UUID],
    moderator_id: UUID,
    *,
    after: UUID | None,
    limit: int,
) -> list[ToRead]:
    """Return what this moderator may read, oldest first, from the one after ``after``."""
    found = (
        select(Appeal, Comment, Decision)
        .join(Comment, Comment.id == Appeal.comment_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(
            _IS_WAITING,
            Appeal.site_id.in_(site_ids),
            Appeal.rejected_by.is_distinct_from(moderator_id),
            # What was decided otherwise meanwhile is ended by the sweep.
            Comment.status == Status.REJECTED,
        )
        .order_by(Appeal.id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(Appeal.id > after)
    return [ToRead(*row) for row in session.execute(found)]


def get(session: Session, site_ids: Collection[UUID], appeal_id: UUID) -> Appeal:
    """Return the appeal.

    Raises:
        AppealNotFound: there is none on these sites.
    """
    found: Appeal | None = session.get(Appeal, appeal_id)
    if found is None or found.site_id not in site_ids:
        raise AppealNotFound
    return found


def newest(session: Session, comment_id: UUID) -> Appeal | None:
    """Return the last appeal on the comment."""
    made = select(Appeal).where(Appeal.comment_id == comment_id).order_by(Appeal.id.desc())
    found: Appeal | None = session.scalar(made.limit(1))
    return found


def rejection(session: Session, comment: Comment) -> Decision | None:
    """Return the last decision that rejected the comment, but for one that upheld another."""
    rejecting = select(Decision).where(
        Decision.comment_id == comment.id,
        Decision.status == Status.REJECTED,
        Decision.actor != Actor.APPEAL,
    )
    found: Decision | None = session.scalar(rejecting.order_by(Decision.id.desc()).limit(1))
    return found
