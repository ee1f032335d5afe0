"""Reads of endpoints and of what they are owed."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.paging import Cursor
from service.webhooks.errors import DeliveryNotFound, EndpointNotFound
from service.webhooks.tables import Attempt, Delivery, Endpoint


def endpoints(session: Session, site_id: UUID) -> list[Endpoint]:
    """Return the site's endpoints, oldest first, disabled ones too."""
    of_site = select(Endpoint).where(Endpoint.site_id == site_id)
    return list(session.scalars(of_site.order_by(Endpoint.id)))


def endpoint(session: Session, site_id: UUID, endpoint_id: UUID) -> Endpoint:
    """Return the site's endpoint.

    Raises:
        EndpointNotFound: there is none, or it is another site's.
    """
    found: Endpoint | None = session.get(Endpoint, endpoint_id)
    if found is None or found.site_id != site_id:
        raise EndpointNotFound(endpoint_id)
    return found


def deliveries(
    session: Session, endpoint_id: UUID, *, after: Cursor | None, limit: int
) -> list[Delivery]:
    """Return what the endpoint was and is owed, newest first, from the one after the cursor."""
    owed = select(Delivery).where(Delivery.endpoint_id == endpoint_id)
    if after is not None:
        owed = owed.where(Delivery.id < after.after)
    return list(session.scalars(owed.order_by(Delivery.id.desc()).limit(limit)))


def delivery(session: Session, endpoint_id: UUID, delivery_id: UUID) -> Delivery:
    """Return one delivery of the endpoint, locked until the transaction ends.

    Raises:
        DeliveryNotFound: there is none.
    """
    found: Delivery | None = session.get(Delivery, delivery_id, with_for_update=True)
    if found is None or found.endpoint_id != endpoint_id:
        raise DeliveryNotFound(delivery_id)
    return found


def attempts(session: Session, delivery_ids: Collection[UUID]) -> dict[UUID, list[Attempt]]:
    """Return every attempt of these deliveries, oldest first."""
    found: dict[UUID, list[Attempt]] = {each: [] for each in delivery_ids}
    made = select(Attempt).where(Attempt.delivery_id.in_(delivery_ids)).order_by(Attempt.id)
    for attempt in session.scalars(made):
        found[attempt.delivery_id].append(attempt)
    return found
