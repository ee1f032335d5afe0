"""Automatic decisions that people judge again, blind, and what they said."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ml.labels import Language
from service.comments.status import Status
from service.db import Base, StoredEnum, new_id


class SampleState(StrEnum):
    """``waiting`` for a judgement, or for a second one; ``given_up``: nobody ever judged it."""

    WAITING = "waiting"
    JUDGED = "judged"
    GIVEN_UP = "given_up"


class AuditSample(Base, kw_only=True):
    """An automatic decision that was drawn by lot to be judged by a person who does not know it.

    ``inclusion`` is the probability with which it was drawn: one in so many decisions like it is
    here. ``reason``, ``language`` and ``model_version_id`` are those of the decision. ``verdict``
    is what the first judge said, until a lead who looks at what they differ in says otherwise.
    """

    __tablename__ = "audit_samples"
    __table_args__ = (
        Index("audit_samples_comment_id_revision_key", "comment_id", "revision", unique=True),
        CheckConstraint("inclusion > 0 AND inclusion <= 1", name="inclusion"),
        Index(
            "audit_samples_waiting_idx",
            "site_id",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("audit_samples_drawn_idx", "site_id", "drawn_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"))
    revision: Mapped[int]
    decision_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("decisions.id"), index=True)
    status: Mapped[Status] = mapped_column(StoredEnum(Status))
    reason: Mapped[str]
    language: Mapped[Language | None] = mapped_column(StoredEnum(Language), default=None)
    model_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("model_versions.id"), default=None
    )
    inclusion: Mapped[float]
    judgements_wanted: Mapped[int]
    drawn_at: Mapped[datetime]
    state: Mapped[SampleState] = mapped_column(StoredEnum(SampleState), default=SampleState.WAITING)
    verdict: Mapped[Status | None] = mapped_column(StoredEnum(Status), default=None)
    first_judge: Mapped[UUID | None] = mapped_column(ForeignKey("moderators.id"), default=None)
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("moderators.id"), default=None)


class AuditJudgement(Base, kw_only=True):
    """What one person said of a sampled comment without knowing what had been decided."""

    __tablename__ = "audit_judgements"

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("audit_samples.id"), primary_key=True)
    moderator_id: Mapped[UUID] = mapped_column(
        ForeignKey("moderators.id"), primary_key=True, index=True
    )
    verdict: Mapped[Status] = mapped_column(StoredEnum(Status))
    reason: Mapped[str | None] = mapped_column(default=None)
    judged_at: Mapped[datetime]
