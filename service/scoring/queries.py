"""Reads of scores."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.scoring.tables import Score


def newest(session: Session, comment_id: UUID) -> Score | None:
    """Return the newest score of the comment, of whichever text and model version."""
    of_comment = select(Score).where(Score.comment_id == comment_id)
    return session.scalars(of_comment.order_by(Score.id.desc()).limit(1)).one_or_none()
