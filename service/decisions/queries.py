"""Reads of what was decided."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.decisions.tables import Decision


def history(session: Session, comment_id: UUID) -> list[Decision]:
    """Return every decision on the comment, oldest first: its trail."""
    trail = select(Decision).where(Decision.comment_id == comment_id)
    return list(session.scalars(trail.order_by(Decision.id)))
