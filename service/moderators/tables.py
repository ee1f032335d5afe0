"""The people who review."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, StoredEnum, new_id


class Role(StrEnum):
    MODERATOR = "moderator"
    LEAD = "lead"
    ADMIN = "admin"


class Moderator(Base, kw_only=True):
    """Who decides: a person, or a program with a token, which never signs in.

    ``email`` is stored in lower case; a program's is ``token:<prefix>``, which is nobody's address.
    Without ``password_hash`` one signs in elsewhere, or not at all.
    """

    __tablename__ = "moderators"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None] = mapped_column(repr=False)
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


class LinkKind(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - a kind of link


class AccountLink(Base, kw_only=True):
    """A link that opens one thing once, for a time; only the hash of its token is kept.

    An invitation names an address, a site and a role there; a new password, a moderator.
    """

    __tablename__ = "account_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_digest: Mapped[bytes] = mapped_column(unique=True, repr=False)
    kind: Mapped[LinkKind] = mapped_column(StoredEnum(LinkKind))
    email: Mapped[str]
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"), index=True, default=None)
    role: Mapped[Role | None] = mapped_column(StoredEnum(Role), default=None)
    moderator_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("moderators.id"), index=True, default=None
    )
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class ModeratorToken(Base, kw_only=True):
    """A program's secret for the review API of one site; only its hash is kept.

    The program is a moderator of its own, so that what it decides bears its name.
    """

    __tablename__ = "moderator_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_digest: Mapped[bytes] = mapped_column(unique=True, repr=False)
    prefix: Mapped[str]
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), unique=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class OutsideIdentity(Base, kw_only=True):
    """Who a moderator is to an OpenID Connect provider, learnt at the first sign-in there."""

    __tablename__ = "outside_identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), index=True)
    linked_at: Mapped[datetime]
