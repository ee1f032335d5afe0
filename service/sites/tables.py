"""Who sends us comments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


class Site(Base, kw_only=True):
    """One publication, with its own keys, policy, moderators and readers."""

    __tablename__ = "sites"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    url: Mapped[str]
    required_fields: Mapped[list[str]] = mapped_column(JSONB, default_factory=list)
    reject_reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default_factory=list)
    created_at: Mapped[datetime]


class ApiKey(Base, kw_only=True):
    """A site's secret for the API; only its hash is kept.

    A key is 256 random bits, so a plain SHA-256 is enough: there is nothing to guess.
    """

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
