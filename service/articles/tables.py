"""The page under discussion."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


class Article(Base, kw_only=True):
    """An article, known by the id that its site gives it."""

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("site_id", "external_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    external_id: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    is_open: Mapped[bool] = mapped_column(default=True)
    published_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
