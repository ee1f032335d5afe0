"""Who wrote, and what was laid on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.authors.sanction_kind import SanctionKind
from service.db import Base, StoredEnum, new_id


class Author(Base, kw_only=True):
    """A writer within one site, with the record of what became of the comments.

    ``identity`` is the site's own author id, or else a keyed hash of name and e-mail,
    so that a guest who comes back under both is known again.
    """

    __tablename__ = "authors"
    __table_args__ = (UniqueConstraint("site_id", "identity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    identity: Mapped[str]
    external_id: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(default=None)
    approved_count: Mapped[int] = mapped_column(default=0)
    rejected_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Sanction(Base, kw_only=True):
    """What was laid on an author, by whom and why; lifted, never deleted: the rows are the log."""

    __tablename__ = "sanctions"
    __table_args__ = (
        # An author is under one sanction at most; another takes its place.
        Index(
            "sanctions_author_id_key",
            "author_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index("sanctions_author_id_idx", "author_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("authors.id"))
    kind: Mapped[SanctionKind] = mapped_column(StoredEnum(SanctionKind))
    until: Mapped[datetime | None] = mapped_column(default=None)
    why: Mapped[str]
    laid_by: Mapped[str]
    laid_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(default=None)
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
    lifted_why: Mapped[str | None] = mapped_column(default=None)
