from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from service.sites.tables import Site
from service.webhooks.tables import Delivery, DeliveryState, Endpoint

# The example of the specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105


class DeliveryChanges(TypedDict, total=False):
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime


def an_endpoint(
    site: Site, *, url: str = "https://news.example/hook", disabled_at: datetime | None = None
) -> Endpoint:
    """Return an unsaved endpoint of ``site``."""
    when = datetime(2026, 11, 20, tzinfo=UTC)
    return Endpoint(
        site_id=site.id, url=url, secret=SECRET, created_at=when, disabled_at=disabled_at
    )


def stored_delivery(
    session: Session, endpoint: Endpoint, *, now: datetime, **changes: Unpack[DeliveryChanges]
) -> Delivery:
    """Store something that ``endpoint`` is owed, due since a second before ``now``."""
    given: DeliveryChanges = {"next_attempt_at": now - timedelta(seconds=1), **changes}
    delivery = Delivery(
        endpoint_id=endpoint.id,
        event="comment.held",
        payload={"type": "comment.held", "timestamp": "2026-11-25T12:00:00Z", "data": {}},
        created_at=now,
        **given,
    )
    session.add(delivery)
    session.flush()
    return delivery
