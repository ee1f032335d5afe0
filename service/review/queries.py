"""Reads around one comment's review."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from service.comments.errors import CommentNotFound
from service.comments.tables import Comment
from service.decisions.tables import Actor, Decision
from service.moderators import queries as moderators
from service.review.tables import Choice

IS_OPEN: ColumnElement[bool] = Choice.state == literal_column("'open'")
NAMES = {
    Actor.POLICY: "the site's policy",
    Actor.SITE: "the site",
    Actor.AUTHOR: "the author",
}


def comment_of(session: Session, site_ids: Sequence[UUID], comment_id: UUID) -> Comment:
    """Return the comment.

    Raises:
        CommentNotFound: there is none on these sites.
    """
    comment: Comment | None = session.get(Comment, comment_id)
    if comment is None or comment.site_id not in site_ids:
        raise CommentNotFound(comment_id)
    return comment


def comments_of(
    session: Session, site_ids: Sequence[UUID], comment_ids: Sequence[UUID]
) -> list[Comment]:
    """Return these comments in this order, without those that are not on these sites."""
    found = select(Comment).where(Comment.id.in_(comment_ids), Comment.site_id.in_(site_ids))
    by_id = {comment.id: comment for comment in session.scalars(found)}
    return [by_id[comment_id] for comment_id in comment_ids if comment_id in by_id]


def newest_decision_ids(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the id of the newest decision on each comment that has one."""
    rows = session.execute(
        select(Decision.comment_id, func.max(Decision.id))
        .where(Decision.comment_id.in_(comment_ids))
        .group_by(Decision.comment_id)
    )
    return {comment_id: newest for comment_id, newest in rows}  # noqa: C416 - rows are no pairs to mypy


def name_of(session: Session, moderator_id: UUID) -> str:
    return moderators.names(session, {moderator_id})[moderator_id]


def decider(session: Session, decision: Decision) -> str:
    """Return in words who or what decided."""
    if decision.moderator_id is not None:
        return name_of(session, decision.moderator_id)
    return NAMES.get(decision.actor, decision.actor.value)
