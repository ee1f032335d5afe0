"""Verbs that owe a site something."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.db import new_id
from service.jobs import DeliverWebhooks, enqueue
from service.webhooks import rules
from service.webhooks.events import StatusChange
from service.webhooks.tables import Delivery, DeliveryState, Endpoint


def announce(session: Session, changes: Sequence[StatusChange], *, now: datetime) -> None:
    """Owe every live endpoint of the comments' sites a delivery for each change."""
    endpoints = _live_endpoints(session, {change.site_id for change in changes})
    told = [change for change in changes if change.site_id in endpoints]
    if not told:
        return
    articles = _external_ids(session, {change.article_id for change in told})
    session.execute(
        insert(Delivery),
        [
            {
                "id": new_id(),
                "endpoint_id": endpoint_id,
                "event": change.event,
                "payload": rules.payload(change, article=articles[change.article_id], now=now),
                "state": DeliveryState.DUE,
                "attempts": 0,
                "next_attempt_at": now,
                "created_at": now,
            }
            for change in told
            for endpoint_id in endpoints[change.site_id]
        ],
    )
    enqueue(session, DeliverWebhooks())


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
