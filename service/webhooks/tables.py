"""Telling the site: where to, what is owed, and what came of each attempt."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base, StoredEnum, new_id


class DeliveryState(StrEnum):
    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"


class Endpoint(Base, kw_only=True):
    """An address of the site. ``secret`` signs what we send, so it is kept; sealed.

    For a while after it was changed, ``previous_secret`` signs too.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(repr=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    previous_secret: Mapped[str | None] = mapped_column(default=None, repr=False)
    rotated_at: Mapped[datetime | None] = mapped_column(default=None)


class Delivery(Base, kw_only=True):
    """Something that an endpoint is owed; the row is the record that it is due."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        # Each endpoint's due deliveries, so that a slow one never stands in another's way.
        Index(
            "webhook_deliveries_due_idx",
            "endpoint_id",
            "next_attempt_at",
            postgresql_where=text("state = 'due'"),
        ),
        Index("webhook_deliveries_endpoint_id_id_idx", "endpoint_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"))
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[DeliveryState] = mapped_column(
        StoredEnum(DeliveryState), default=DeliveryState.DUE
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Attempt(Base, kw_only=True):
    """One try of a delivery: the site's status code, or why there was none."""

    __tablename__ = "webhook_attempts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id"), index=True)
    attempted_at: Mapped[datetime]
    status_code: Mapped[int | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(default=None)
