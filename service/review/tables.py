"""The moderators' queue is a query over held comments; only the claims are stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class Claim(Base, kw_only=True):
    """A comment kept for one moderator until ``expires_at``, so that two never work on the same."""

    __tablename__ = "claims"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), index=True)
    claimed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
