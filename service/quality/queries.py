"""Reads of what is audited."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.decisions.tables import Decision
from service.quality.tables import AuditSample

# A literal, so that the planner sees the condition of the partial index in every plan.
_IS_WAITING = AuditSample.state == literal_column("'waiting'")

Waiting = Select[UUID, UUID, UUID, datetime, UUID | None]


def waiting() -> Waiting:
    """Return the comments that wait to be judged blind, to be narrowed by site.

    One row for each: ``site_id``, ``comment_id``, ``item_id`` to page by, ``since``, and
    ``not_by``: who has judged it where a second judgement is wanted, or else who has decided it.
    """
    decider = (
        select(Decision.moderator_id)
        .where(Decision.comment_id == AuditSample.comment_id, Decision.moderator_id.is_not(None))
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(AuditSample)
        .scalar_subquery()
    )
    return (
        select(
            AuditSample.site_id,
            AuditSample.comment_id,
            AuditSample.id.label("item_id"),
            AuditSample.drawn_at.label("since"),
            func.coalesce(AuditSample.first_judge, decider).label("not_by"),
        )
        .join(Comment, Comment.id == AuditSample.comment_id)
        # Another text than the one that was decided tells nothing of that decision.
        .where(_IS_WAITING, Comment.revision == AuditSample.revision)
    )


def count_by_state(session: Session, site_id: UUID, *, since: datetime) -> dict[str, int]:
    """Return how many were drawn since then, by what became of them."""
    counted = (
        select(AuditSample.state, func.count())
        .where(AuditSample.site_id == site_id, AuditSample.drawn_at >= since)
        .group_by(AuditSample.state)
    )
    return {state.value: count for state, count in session.execute(counted)}
