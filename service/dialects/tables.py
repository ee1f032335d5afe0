"""What the dialects have to remember: secrets, whom to call back, and what was counted."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, StoredEnum, new_id


class CoralSecret(Base, kw_only=True):
    """A secret by which a Coral signs what it asks us; several while it is being changed."""

    __tablename__ = "coral_secrets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    hint: Mapped[str]
    created_at: Mapped[datetime]


class CallbackState(StrEnum):
    WAITING = "waiting"
    TOLD = "told"
    GIVEN_UP = "given_up"


class AkismetCallback(Base, kw_only=True):
    """A comment that a WordPress holds until our moderator has decided, and where to tell it.

    ``sealed_key``: WordPress believes whoever sends its own key back.
    """

    __tablename__ = "akismet_callbacks"
    __table_args__ = (
        Index(
            "akismet_callbacks_waiting_idx",
            "next_attempt_at",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "akismet_callbacks_addresses_idx",
            "comment_id",
            postgresql_where=text("author_email <> ''"),
        ),
    )

    guid: Mapped[UUID] = mapped_column(primary_key=True)
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), index=True)
    url: Mapped[str]
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    post_id: Mapped[str]
    author_email: Mapped[str]
    state: Mapped[CallbackState] = mapped_column(
        StoredEnum(CallbackState), default=CallbackState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]


class AkismetMonth(Base, kw_only=True):
    """What one blog of a site asked in a month (``2026-11``), and what it was answered."""

    __tablename__ = "akismet_months"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    blog: Mapped[str] = mapped_column(primary_key=True)
    spam: Mapped[int] = mapped_column(BigInteger, default=0)
    ham: Mapped[int] = mapped_column(BigInteger, default=0)
    missed_spam: Mapped[int] = mapped_column(BigInteger, default=0)
    false_positives: Mapped[int] = mapped_column(BigInteger, default=0)
