"""Verbs that owe a site something, and that say where it goes."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.db import new_id
from service.jobs import DeliverWebhooks, enqueue
from service.sealing import Seal
from service.sites.tables import Site
from service.webhooks import egress, rules, signing
from service.webhooks.errors import AddressNotAllowed, EndpointDisabled, TooManyEndpoints
from service.webhooks.events import Event
from service.webhooks.kept_secrets import kept
from service.webhooks.tables import Delivery, DeliveryState, Endpoint

ENDPOINTS_MAX = 10


def announce(session: Session, events: Sequence[Event], *, now: datetime) -> None:
    """Owe every live endpoint of the events' sites a delivery for each."""
    endpoints = _live_endpoints(session, {each.site_id for each in events})
    told = [each for each in events if each.site_id in endpoints]
    if not told:
        return
    articles = _external_ids(session, {each.article_id for each in told})
    session.execute(
        insert(Delivery),
        [
            {
                "id": new_id(),
                "endpoint_id": endpoint_id,
                "event": each.event,
                "payload": rules.payload(each, article=articles[each.article_id], now=now),
                "state": DeliveryState.DUE,
                "attempts": 0,
                "next_attempt_at": now,
                "created_at": now,
            }
            for each in told
            for endpoint_id in endpoints[each.site_id]
        ],
    )
    enqueue(session, DeliverWebhooks())


def add_endpoint(
    session: Session,
    site: Site,
    url: str,
    *,
    seal: Seal,
    allow_private: bool = False,
    now: datetime,
) -> tuple[Endpoint, str]:
    """Store an address of the site that is told of every new status from now on.

    Its secret, which signs what we send, is made here, and answered this once.

    Raises:
        AddressNotAllowed: it is no web address, or plainly not a public one.
        TooManyEndpoints: the site has as many as it may.
    """
    _check_address(url, allow_private=allow_private)
    # The site's row is the queue of those who add at once.
    session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))
    live = select(func.count()).where(Endpoint.site_id == site.id, Endpoint.disabled_at.is_(None))
    if session.scalars(live).one() >= ENDPOINTS_MAX:
        raise TooManyEndpoints(ENDPOINTS_MAX)
    secret = signing.new_secret()
    endpoint = Endpoint(site_id=site.id, url=url, secret=kept(secret, seal), created_at=now)
    session.add(endpoint)
    session.flush()
    return endpoint, secret


def rotate_secret(session: Session, endpoint: Endpoint, *, seal: Seal, now: datetime) -> str:
    """Give the endpoint another secret, answered this once; for a day the old one signs as well.

    Raises:
        EndpointDisabled: nothing is sent there any more.
    """
    if endpoint.disabled_at is not None:
        raise EndpointDisabled(endpoint.id)
    secret = signing.new_secret()
    endpoint.previous_secret, endpoint.secret = endpoint.secret, kept(secret, seal)
    endpoint.rotated_at = now
    session.flush()
    return secret


def disable_endpoint(session: Session, endpoint: Endpoint, *, now: datetime) -> None:
    """Send nothing there any more, what is owed included; harmless to repeat."""
    if endpoint.disabled_at is None:
        endpoint.disabled_at = now
    session.flush()
    owed = update(Delivery).where(
        Delivery.endpoint_id == endpoint.id, Delivery.state == DeliveryState.DUE
    )
    session.execute(owed.values(state=DeliveryState.FAILED))


def redeliver(session: Session, endpoint: Endpoint, delivery: Delivery, *, now: datetime) -> None:
    """Owe ``delivery`` again, whatever became of it, with all its attempts before it.

    Raises:
        EndpointDisabled: nothing is sent there any more.
    """
    if endpoint.disabled_at is not None:
        raise EndpointDisabled(endpoint.id)
    delivery.state, delivery.attempts, delivery.next_attempt_at = DeliveryState.DUE, 0, now
    session.flush()
    enqueue(session, DeliverWebhooks())


def redeliver_failed(
    session: Session, endpoint: Endpoint, *, since: datetime, now: datetime
) -> int:
    """Owe again all that was given up and is not older than ``since``; return how much that is.

    Raises:
        EndpointDisabled: nothing is sent there any more.
    """
    if endpoint.disabled_at is not None:
        raise EndpointDisabled(endpoint.id)
    failed = update(Delivery).where(
        Delivery.endpoint_id == endpoint.id,
        Delivery.state == DeliveryState.FAILED,
        Delivery.created_at >= since,
    )
    owed = failed.values(state=DeliveryState.DUE, attempts=0, next_attempt_at=now)
    count = len(session.execute(owed.returning(Delivery.id)).all())
    if count:
        enqueue(session, DeliverWebhooks())
    return count


def _check_address(url: str, *, allow_private: bool) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise AddressNotAllowed("must be a web address") from error
    if parts.scheme not in ("https", "http") or not host:
        raise AddressNotAllowed("must be a web address that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise AddressNotAllowed("must not carry a user name or password: check our signature")
    if parts.fragment:
        raise AddressNotAllowed("must not have a fragment")
    if allow_private:
        return
    if parts.scheme != "https":
        raise AddressNotAllowed("must begin with https://")
    try:
        is_public = egress.is_public(ip_address(host))
    except ValueError:
        return  # a name: where it leads is looked at before every attempt
    if not is_public:
        raise AddressNotAllowed("must lead to a public address")


def _live_endpoints(session: Session, site_ids: set[UUID]) -> dict[UUID, list[UUID]]:
    if not site_ids:
        return {}
    found: dict[UUID, list[UUID]] = {}
    live = select(Endpoint.site_id, Endpoint.id).where(
        Endpoint.site_id.in_(site_ids), Endpoint.disabled_at.is_(None)
    )
    for site_id, endpoint_id in session.execute(live.order_by(Endpoint.id)):
        found.setdefault(site_id, []).append(endpoint_id)
    return found


def _external_ids(session: Session, article_ids: set[UUID]) -> dict[UUID, str]:
    named = select(Article.id, Article.external_id).where(Article.id.in_(article_ids))
    return {row.id: row.external_id for row in session.execute(named)}
