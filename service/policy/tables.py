"""What a site wants done: versions that never change once saved."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


class Policy(Base, kw_only=True):
    """One version of a site's policy; the highest version rules. Changing it is saving another."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("site_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    note: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]
