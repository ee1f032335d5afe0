"""Who wrote."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


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
