"""Who sends us comments."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, StoredEnum, new_id


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
    # What differs from the defaults: read it with `preferences.of_site`.
    preferences: Mapped[dict[str, Any]] = mapped_column(
        JSONB, default_factory=dict, server_default=text("'{}'")
    )
    # When the site was told that its oldest held comment waits too long; None: it does not.
    stale_told_at: Mapped[datetime | None] = mapped_column(default=None)


class SiteText(Base, kw_only=True):
    """The comment policy that readers see, in one language: another version at every change.

    An empty text takes the policy in this language back.
    """

    __tablename__ = "site_texts"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    markdown: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class ChangeKind(StrEnum):
    """What a line of a site's log tells of."""

    SETTINGS_CHANGED = "settings_changed"
    POLICY_TEXT_SAVED = "policy_text_saved"
    KEY_ISSUED = "key_issued"
    KEY_REVOKED = "key_revoked"
    INVITED = "invited"
    INVITATION_REVOKED = "invitation_revoked"
    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    LEFT = "left"
    PASSWORD_LINK_MADE = "password_link_made"  # noqa: S105 - a name of what happened
    TOKEN_ISSUED = "token_issued"  # noqa: S105 - a name of what happened
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a name of what happened


class SiteChange(Base, kw_only=True):
    """A line of a site's log: who changed what about its settings, keys and team. Append-only."""

    __tablename__ = "site_changes"
    __table_args__ = (Index("site_changes_site_id_id_idx", "site_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[ChangeKind] = mapped_column(StoredEnum(ChangeKind))
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)


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
    scopes: Mapped[list[str]] = mapped_column(
        ARRAY(String), server_default=text("'{comments,classify}'")
    )
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
