"""What a site wants done: versions that never change once saved, and what is kept beside them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


class Policy(Base, kw_only=True):
    """One version of a site's policy; the highest version rules. Changing it is saving another.

    ``changes`` says in sentences what is different from the version before.
    """

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("site_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    changes: Mapped[list[str]] = mapped_column(
        JSONB, default_factory=list, server_default=text("'[]'")
    )
    note: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class PolicySolution(Base, kw_only=True):
    """The thresholds that a policy's operating points come to with one model version."""

    __tablename__ = "policy_solutions"

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policies.id"), primary_key=True)
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"), primary_key=True)
    solved: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    solved_at: Mapped[datetime]


class PreModeratedArticle(Base, kw_only=True):
    """An article under which a person sees each comment first, for a while or until it is ended."""

    __tablename__ = "pre_moderated_articles"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    cause: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)


class TextFingerprint(Base, kw_only=True):
    """What is kept of a comment's text so that copies of it are found, where a policy asks.

    The text cannot be read from it. Two texts share the more ``bands`` the more alike they are.
    """

    __tablename__ = "text_fingerprints"
    __table_args__ = (
        Index("text_fingerprints_exact_idx", "site_id", "exact", "written_at"),
        Index("text_fingerprints_bands_idx", "bands", postgresql_using="gin"),
        Index("text_fingerprints_written_at_idx", "written_at"),
    )

    comment_id: Mapped[UUID] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    exact: Mapped[int] = mapped_column(BigInteger)
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    written_at: Mapped[datetime]
