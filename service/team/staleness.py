"""Says when a site's oldest held comment waits longer than the site wants.

The page and the metric look when they are asked. The webhook and the log are told once, when it
begins: ``sites.stale_told_at`` remembers that they were, until it is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, literal_column, select, true
from sqlalchemy.orm import Session, aliased

from service.comments.tables import Comment
from service.review.queue import is_chosen
from service.sites import preferences
from service.sites.alerts import Alert
from service.sites.tables import Site
from service.webhooks import actions as webhooks
from service.webhooks.events import QueueStale

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stale:
    """A site, its oldest held comment, and how long it should wait at most."""

    site: Site
    oldest: Comment
    most: timedelta


def stale(
    session: Session, *which: ColumnElement[bool], now: datetime, lock: bool = False
) -> list[Stale]:
    """Return those of the sites whose oldest held comment waits too long."""
    waiting = aliased(Comment)
    oldest = (
        select(waiting.id)
        .where(
            waiting.site_id == Site.id,
            # Written out: the index of what is held is found by it.
            waiting.status == literal_column("'held'"),
            ~is_chosen(waiting.id),
        )
        .order_by(waiting.id)
        .limit(1)
        .correlate(Site)
        .lateral()
    )
    found = (
        select(Site, Comment)
        .select_from(Site)
        .join(oldest, true())
        .join(Comment, Comment.id == oldest.c.id)
        .where(*which)
        .order_by(Site.id)
    )
    if lock:
        found = found.with_for_update(of=Site, key_share=True)
    rows = session.execute(found).all()
    wanted = [(site, comment, preferences.of_site(site).age_alert) for site, comment in rows]
    return [
        Stale(site, comment, most)
        for site, comment, most in wanted
        if most is not None and comment.created_at < now - most
    ]


SENTENCE: Final = (
    "The oldest held comment waits for {lasted}; this site wants none to wait longer than"
    " {most_long}."
)
UNITS: Final = ("{n} days", "{n} hours", "{n} minutes", "{n} seconds")


def alerts(session: Session, site_ids: Sequence[UUID], now: datetime) -> list[Alert]:
    """Return an alert for each of these sites that is stale: for whoever works on them."""
    return [
        Alert(
            each.site.id,
            "queue_stale",
            SENTENCE.format(
                lasted=_words(now - each.oldest.created_at), most_long=_words(each.most)
            ),
            each.oldest.created_at,
        )
        for each in stale(session, Site.id.in_(site_ids), now=now)
    ]


def count(session: Session, *, now: datetime) -> int:
    """Return how many sites are stale."""
    return len(stale(session, now=now))


def tell(session: Session, *, now: datetime) -> None:
    """Tell the webhook and the log of what has become stale, once, and of what is no more."""
    found = stale(session, now=now, lock=True)
    begun = [each for each in found if each.site.stale_told_at is None]
    for each in begun:
        each.site.stale_told_at = now
        waits = now - each.oldest.created_at
        _log.warning("queue_stale", site=each.site.slug, seconds=round(waits.total_seconds()))
    over = select(Site).where(
        Site.stale_told_at.is_not(None), Site.id.not_in([each.site.id for each in found])
    )
    for site in session.scalars(over.with_for_update(key_share=True)):
        site.stale_told_at = None
        _log.info("queue_fresh", site=site.slug)
    webhooks.announce(session, [_event(each) for each in begun], now=now)
    session.flush()


def _event(found: Stale) -> QueueStale:
    oldest = found.oldest
    return QueueStale(
        site_id=found.site.id,
        comment_id=oldest.id,
        external_id=oldest.external_id,
        article_id=oldest.article_id,
        waits_since=oldest.created_at,
        most=found.most,
    )


def _words(duration: timedelta) -> str:
    """Return a length of time as people say it: in the largest unit of which there are two."""
    seconds = duration.total_seconds()
    for unit, length in zip(UNITS, (86_400, 3600, 60), strict=False):
        if seconds >= 2 * length:
            return unit.format(n=f"{seconds // length:.0f}")
    return UNITS[-1].format(n=f"{seconds:.0f}")
