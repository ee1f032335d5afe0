"""Runs of retraining, and what each rests on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, ForeignKey, Index, SmallInteger, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ml.labels import Language
from service.db import Base, StoredEnum, new_id
from service.learning.states import Cause, RescoringState, RunState


class Snapshot(Base, kw_only=True):
    """An immutable list of examples, each with its part and its weight, and their digest.

    It holds ids, never texts. ``digest`` is over the examples as they were, with texts and labels:
    learning from a snapshot again begins with working it out again. ``facts``: what was counted by
    origin, language, label and part, what was left out and why, and what has gone since the one
    before. ``site_id`` None: of all sites that share a model.
    """

    __tablename__ = "snapshots"
    __table_args__ = (Index("snapshots_site_id_id_idx", "site_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"), default=None)
    digest: Mapped[str]
    seed: Mapped[int]
    taken_at: Mapped[datetime]
    newest_at: Mapped[datetime | None] = mapped_column(default=None)
    example_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), repr=False)
    parts: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), repr=False)
    weights: Mapped[list[float]] = mapped_column(ARRAY(REAL), repr=False)
    facts: Mapped[dict[str, Any]]


class Run(Base, kw_only=True):
    """One attempt at a better model, from its snapshot to its verdict; one at any moment.

    ``stages``: seconds by stage. ``page`` is the report, with marks where texts of examples go (see
    ``service/learning/reports.py``): they are filled in when it is read, so that what was erased in
    between is in no report.
    """

    __tablename__ = "learning_runs"
    __table_args__ = (
        # The judge of two that begin at once, beside the advisory lock that a killed one loses.
        Index(
            "learning_runs_running_key",
            text("(ended_at IS NULL)"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("learning_runs_site_id_id_idx", "site_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"), default=None)
    state: Mapped[RunState] = mapped_column(StoredEnum(RunState), default=RunState.SNAPSHOT)
    cause: Mapped[Cause] = mapped_column(StoredEnum(Cause))
    asked_by: Mapped[str | None] = mapped_column(default=None)
    is_refresh: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[float] = mapped_column(REAL, default=0.0)
    doing: Mapped[str] = mapped_column(default="")
    stages: Mapped[dict[str, Any]]
    snapshot_id: Mapped[UUID | None] = mapped_column(ForeignKey("snapshots.id"), default=None)
    champion_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"), default=None)
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("model_versions.id"), index=True, default=None
    )
    why: Mapped[str | None] = mapped_column(default=None)
    verdict: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    figures: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    page: Mapped[str | None] = mapped_column(deferred=True, default=None, repr=False)
    card: Mapped[str | None] = mapped_column(deferred=True, default=None, repr=False)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Plan(Base, kw_only=True):
    """What a site wants of learning otherwise than the installation's settings say."""

    __tablename__ = "learning_plans"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    document: Mapped[dict[str, Any]]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class ShadowScore(Base, kw_only=True):
    """What a version that decides nothing yet gives a comment that the champion decided."""

    __tablename__ = "shadow_scores"
    __table_args__ = (Index("shadow_scores_version_id_comment_id_idx", "version_id", "comment_id"),)

    comment_id: Mapped[UUID] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"), primary_key=True)
    revision: Mapped[int]
    language: Mapped[Language] = mapped_column(StoredEnum(Language))
    scores: Mapped[dict[str, Any]]
    scored_at: Mapped[datetime]


class Rescoring(Base, kw_only=True):
    """Somebody's wish that old comments be scored by the version that decides now.

    It goes from new to old; ``before`` is where it stands.
    """

    __tablename__ = "rescorings"
    __table_args__ = (
        Index("rescorings_waiting_idx", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    since: Mapped[datetime]
    before: Mapped[UUID | None] = mapped_column(default=None)
    scored: Mapped[int] = mapped_column(default=0)
    state: Mapped[RescoringState] = mapped_column(
        StoredEnum(RescoringState), default=RescoringState.WAITING
    )
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
