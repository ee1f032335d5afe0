"""What readers say against published comments: reports, and notices of illegal content."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, StoredEnum, new_id
from service.reports.reason import NoticeState, ReportReason, Resolution
from service.sites.reader_language import ReaderLanguage


class Report(Base, kw_only=True):
    """One reader's report of one text of a comment; open until the comment is decided by a person.

    ``reporter`` is a keyed hash of what the reader's browser calls itself: enough to count a reader
    once, and no more. A browser can call itself anything, so ``reader_network`` is one of where the
    report came from; None once that is forgotten. ``is_first`` stands in the queue for all open
    ones on its comment.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("comment_id", "revision", "reporter"),
        Index(
            "reports_waiting_idx",
            "site_id",
            "id",
            postgresql_where=text("resolved_at IS NULL AND is_first"),
        ),
        Index("reports_open_idx", "comment_id", postgresql_where=text("resolved_at IS NULL")),
        Index(
            "reports_resolved_at_idx",
            "resolved_at",
            postgresql_where=text("resolved_at IS NOT NULL"),
        ),
        Index(
            "reports_network_idx",
            "created_at",
            postgresql_where=text("reader_network IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"))
    revision: Mapped[int]
    reporter: Mapped[bytes] = mapped_column(repr=False)
    reader_network: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    reason: Mapped[ReportReason] = mapped_column(StoredEnum(ReportReason))
    words: Mapped[str | None] = mapped_column(default=None, repr=False)
    is_first: Mapped[bool]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    resolution: Mapped[Resolution | None] = mapped_column(StoredEnum(Resolution), default=None)


class Notice(Base, kw_only=True):
    """Somebody says which law a comment breaks, and why.

    ``contact`` is for us alone, and goes some time after the answer. ``answer`` is for the
    notifier, who reads it under the link of the receipt. ``is_first`` stands in the queue for all
    that wait on its comment.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index(
            "notices_waiting_idx",
            "site_id",
            "id",
            postgresql_where=text("state = 'waiting' AND is_first"),
        ),
        Index("notices_comment_id_idx", "comment_id"),
        Index("notices_contact_idx", "decided_at", postgresql_where=text("contact IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"))
    revision: Mapped[int]
    law: Mapped[str] = mapped_column(repr=False)
    explanation: Mapped[str] = mapped_column(repr=False)
    contact: Mapped[str | None] = mapped_column(default=None, repr=False)
    language: Mapped[ReaderLanguage] = mapped_column(StoredEnum(ReaderLanguage))
    is_first: Mapped[bool]
    created_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(StoredEnum(NoticeState), default=NoticeState.WAITING)
    answer: Mapped[str | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("moderators.id"), index=True, default=None
    )
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
