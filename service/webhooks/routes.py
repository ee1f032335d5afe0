"""Where a site wants to be told, as JSON."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, status

from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.request import AppSettings, Now, Transaction
from service.sealing import Seal
from service.sites.auth import ManagingSite
from service.webhooks import actions, queries
from service.webhooks.schemas import (
    DeliveryOut,
    EndpointIn,
    EndpointOut,
    EndpointsOut,
    NewEndpointOut,
    RedeliveredOut,
    RedeliverIn,
)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

_NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"description": "`webhook_not_found`, `delivery_not_found`"}
}


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Add an address to be told at",
    responses={409: {"description": "`too_many_webhooks`"}},
)
def add_webhook(
    sent: EndpointIn, session: Transaction, settings: AppSettings, now: Now, site: ManagingSite
) -> NewEndpointOut:
    """Have every new status of a comment sent to an address, signed (Standard Webhooks 1.0.0).

    Events: `comment.approved`, `comment.held`, `comment.rejected`, `comment.withdrawn`;
    `appeal.decided`; `queue.stale`, when the oldest held comment waits longer than the site wants.
    """
    endpoint, secret = actions.add_endpoint(
        *(session, site, sent.url),
        seal=Seal.of(settings),
        allow_private=settings.webhooks.allow_private_addresses,
        now=now,
    )
    return NewEndpointOut.of(endpoint, secret)


@router.get("", summary="List the addresses")
def list_webhooks(session: Transaction, site: ManagingSite) -> EndpointsOut:
    """Answer the site's addresses, disabled ones too."""
    found = queries.endpoints(session, site.id)
    return EndpointsOut(items=[EndpointOut.model_validate(each) for each in found])


@router.delete("/{endpoint_id}", summary="Disable an address", responses=_NOT_FOUND)
def disable_webhook(
    endpoint_id: UUID, session: Transaction, now: Now, site: ManagingSite
) -> EndpointOut:
    """Send nothing to an address any more; what it was owed is given up. Harmless to repeat."""
    endpoint = queries.endpoint(session, site.id, endpoint_id)
    actions.disable_endpoint(session, endpoint, now=now)
    return EndpointOut.model_validate(endpoint)


@router.post(
    "/{endpoint_id}/rotate",
    summary="Change an address's secret",
    responses={**_NOT_FOUND, 409: {"description": "`webhook_disabled`"}},
)
def rotate_webhook_secret(
    endpoint_id: UUID, session: Transaction, settings: AppSettings, now: Now, site: ManagingSite
) -> NewEndpointOut:
    """Get another secret, shown this once; for a day what is sent is signed with both."""
    endpoint = queries.endpoint(session, site.id, endpoint_id)
    secret = actions.rotate_secret(session, endpoint, seal=Seal.of(settings), now=now)
    return NewEndpointOut.of(endpoint, secret)


@router.post(
    "/{endpoint_id}/redeliver",
    summary="Send all that failed again",
    status_code=status.HTTP_202_ACCEPTED,
    responses={**_NOT_FOUND, 409: {"description": "`webhook_disabled`"}},
)
def redeliver_failed(
    endpoint_id: UUID, sent: RedeliverIn, session: Transaction, now: Now, site: ManagingSite
) -> RedeliveredOut:
    """Send again all that was given up since a time: after the address was down for long."""
    endpoint = queries.endpoint(session, site.id, endpoint_id)
    count = actions.redeliver_failed(session, endpoint, since=sent.since, now=now)
    return RedeliveredOut(redelivered=count)


@router.get(
    "/{endpoint_id}/deliveries",
    summary="List what an address was sent",
    responses=_NOT_FOUND,
)
def list_deliveries(
    endpoint_id: UUID,
    session: Transaction,
    site: ManagingSite,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[DeliveryOut]:
    """Answer what an address was and is owed, newest first, with every attempt."""
    endpoint = queries.endpoint(session, site.id, endpoint_id)
    after = Cursor.decode(cursor) if cursor else None
    found = queries.deliveries(session, endpoint.id, after=after, limit=limit + 1)
    page = found[:limit]
    attempts = queries.attempts(session, [each.id for each in page])
    return Page(
        items=[DeliveryOut.of(each, attempts[each.id]) for each in page],
        next=Cursor(page[-1].id).encode() if len(found) > limit else None,
    )


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/redeliver",
    summary="Send one thing again",
    status_code=status.HTTP_202_ACCEPTED,
    responses={**_NOT_FOUND, 409: {"description": "`webhook_disabled`"}},
)
def redeliver(
    endpoint_id: UUID, delivery_id: UUID, session: Transaction, now: Now, site: ManagingSite
) -> DeliveryOut:
    """Send something once more, whatever became of it before."""
    endpoint = queries.endpoint(session, site.id, endpoint_id)
    delivery = queries.delivery(session, endpoint.id, delivery_id)
    actions.redeliver(session, endpoint, delivery, now=now)
    return DeliveryOut.of(delivery, queries.attempts(session, [delivery.id])[delivery.id])
