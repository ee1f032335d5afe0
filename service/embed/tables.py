"""What the comment section keeps beside comments: a site's public keys, and counts of its own."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, new_id


class PublicKey(Base, kw_only=True):
    """Names a site in its pages.

    It is no secret: it opens what readers may do, and only to pages on one of its origins.
    """

    __tablename__ = "public_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    text: Mapped[str] = mapped_column(unique=True)
    origins: Mapped[list[str]] = mapped_column(ARRAY(String))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class SecondThoughts(Base, kw_only=True):
    """How many readers of a site were asked on a day to reconsider, and what they did then.

    Who was asked and went away is neither ``edited`` nor ``sent_anyway``.
    """

    __tablename__ = "second_thoughts"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    asked: Mapped[int]
    edited: Mapped[int]
    sent_anyway: Mapped[int]
