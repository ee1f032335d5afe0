"""Imports: which file, how far it was read, what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


class Import(Base, kw_only=True):
    """One file read into one site; read again, it goes on where it was interrupted.

    ``tally`` is what came of the first ``rows_done`` rows, as ``rows.Tally``.
    """

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("site_id", "file_digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    file_digest: Mapped[str]
    format: Mapped[str]
    rows_done: Mapped[int] = mapped_column(default=0)
    tally: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
