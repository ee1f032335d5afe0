"""Which model version is live."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, StoredEnum


class State(StrEnum):
    CANDIDATE = "candidate"
    SHADOW = "shadow"
    CHAMPION = "champion"
    RETIRED = "retired"
    REFUSED = "refused"


class Artifact(Base, kw_only=True):
    """A fitted classifier's bytes, by digest (``sha256:…``): every host reaches the database."""

    __tablename__ = "artifacts"

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, nullable=False, repr=False)
    created_at: Mapped[datetime]


class ModelVersion(Base, kw_only=True):
    """A classifier that decided, decides, or may decide.

    With a ``site_id`` it may decide on that site alone; without, on every site that has no champion
    of its own. Of each kind at most one is the champion, and one its shadow. ``lineage``: what it
    was made of (see ``service/learning``); ``damaged_at``: its artifact was found to be another
    than its digest says.
    """

    __tablename__ = "model_versions"
    __table_args__ = (
        Index(
            "model_versions_champion_key",
            "site_id",
            unique=True,
            postgresql_where=text("state = 'champion'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "model_versions_shadow_key",
            "site_id",
            unique=True,
            postgresql_where=text("state = 'shadow'"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    digest: Mapped[str] = mapped_column(ForeignKey("artifacts.digest"), unique=True)
    name: Mapped[str]
    state: Mapped[State] = mapped_column(StoredEnum(State))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"), default=None)
    info: Mapped[dict[str, Any]]
    lineage: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    created_at: Mapped[datetime]
    promoted_at: Mapped[datetime | None] = mapped_column(default=None)
    damaged_at: Mapped[datetime | None] = mapped_column(default=None)


class Promotion(Base, kw_only=True):
    """Append-only: which version took over from which, when, by whom and why.

    ``version_id`` None: the site's own model gave way to the shared one; ``replaced_id`` None: it
    had none of its own before.
    """

    __tablename__ = "promotions"
    __table_args__ = (Index("promotions_site_id_id_idx", "site_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"), default=None)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))
    replaced_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))
    promoted_by: Mapped[str]
    why: Mapped[str]
    promoted_at: Mapped[datetime]
