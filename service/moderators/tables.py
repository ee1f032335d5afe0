"""The people who review."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, StoredEnum, new_id


class Role(StrEnum):
    MODERATOR = "moderator"
    LEAD = "lead"
    ADMIN = "admin"


class Moderator(Base, kw_only=True):
    """A person who decides. ``email`` is stored in lower case."""

    __tablename__ = "moderators"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str] = mapped_column(repr=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)


class Membership(Base, kw_only=True):
    """What a moderator may do on one site."""

    __tablename__ = "memberships"

    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(StoredEnum(Role))
    created_at: Mapped[datetime]


class SignIn(Base, kw_only=True):
    """A session of the review page; only the hash of its token is kept."""

    __tablename__ = "sign_ins"

    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
