"""Which model version is live."""

from datetime import datetime
from enum import StrEnum
from typing import Any

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
    """A classifier that decided, decides, or may decide; at most one is the champion."""

    __tablename__ = "model_versions"
    __table_args__ = (
        Index(
            "model_versions_champion_key",
            "state",
            unique=True,
            postgresql_where=text("state = 'champion'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    digest: Mapped[str] = mapped_column(ForeignKey("artifacts.digest"), unique=True)
    name: Mapped[str]
    state: Mapped[State] = mapped_column(StoredEnum(State))
    info: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    promoted_at: Mapped[datetime | None] = mapped_column(default=None)
