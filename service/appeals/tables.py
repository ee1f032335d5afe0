"""Authors ask that a rejection be looked at again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.appeals.outcome import AppealState
from service.db import Base, StoredEnum, new_id
from service.sites.reader_language import ReaderLanguage


class Appeal(Base, kw_only=True):
    """An appeal against one decision, of which there is one at most.

    ``rejected_by`` is the moderator who decided, and may not read it. ``answer`` is for the author.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        Index("appeals_waiting_idx", "site_id", "id", postgresql_where=text("state = 'waiting'")),
        # A comment has one decision that stands, so one appeal that waits.
        Index(
            "appeals_waiting_key",
            "comment_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("appeals_comment_id_idx", "comment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"))
    decision_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("decisions.id"), unique=True)
    rejected_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("moderators.id"), index=True, default=None
    )
    text: Mapped[str] = mapped_column(repr=False)
    language: Mapped[ReaderLanguage] = mapped_column(StoredEnum(ReaderLanguage))
    created_at: Mapped[datetime]
    state: Mapped[AppealState] = mapped_column(StoredEnum(AppealState), default=AppealState.WAITING)
    answer: Mapped[str | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("moderators.id"), index=True, default=None
    )
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
