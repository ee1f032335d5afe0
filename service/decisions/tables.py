"""What was decided, by whom, why. Append-only: the newest decision is the status.

Withdrawal alone changes rows: it takes out notes, and what reasons quote of the text.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.comments.status import Status
from service.db import Base, StoredEnum


class Actor(StrEnum):
    """Who or what decided.

    ``author``: whoever wrote the comment, in the comment section. ``appeal``: a second person, whom
    the author asked to look again.
    """

    POLICY = "policy"
    MODERATOR = "moderator"
    SITE = "site"
    AUTHOR = "author"
    APPEAL = "appeal"


class Decision(Base, kw_only=True):
    """One decision on one text of a comment, with all that is needed to explain and replay it."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("decisions_comment_id_id_idx", "comment_id", "id"),
        # Most decisions are the policy's own, and need no place in it.
        Index(
            "decisions_moderator_id_idx",
            "moderator_id",
            postgresql_where=text("moderator_id IS NOT NULL"),
        ),
        Index(
            "decisions_by_people_idx",
            "decided_at",
            postgresql_where=text("moderator_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"))
    revision: Mapped[int]
    status: Mapped[Status] = mapped_column(StoredEnum(Status))
    actor: Mapped[Actor] = mapped_column(StoredEnum(Actor))
    moderator_id: Mapped[UUID | None] = mapped_column(ForeignKey("moderators.id"), default=None)
    reason: Mapped[str]
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default_factory=list)
    note: Mapped[str | None] = mapped_column(default=None)
    policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("policies.id"), default=None)
    score_id: Mapped[int | None] = mapped_column(ForeignKey("scores.id"), default=None)
    decided_at: Mapped[datetime]
