"""The page under discussion."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


class Article(Base, kw_only=True):
    """An article, known by the id that its site gives it.

    ``activity`` says how much is read there, as it stood at ``activity_at``: comments that readers
    were shown, each counting half as much after six hours. ``yes_count`` and ``no_count`` are the
    totals of its reactions.
    """

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("site_id", "external_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    external_id: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    is_open: Mapped[bool] = mapped_column(default=True)
    published_count: Mapped[int] = mapped_column(default=0)
    activity: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    activity_at: Mapped[datetime | None] = mapped_column(default=None)
    yes_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    no_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime]


class Reaction(Base, kw_only=True):
    """What one reader answered to "Do you like this article?".

    ``reader`` is a keyed hash of an id that the reader's browser made for this site.
    """

    __tablename__ = "reactions"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    reader: Mapped[bytes] = mapped_column(primary_key=True)
    is_yes: Mapped[bool]
    answered_at: Mapped[datetime]
