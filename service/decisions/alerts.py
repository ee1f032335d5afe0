"""Says when comments are not scored as they should be: decided without one, or waiting for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.policy import queries as policies
from service.policy.rules import Degradation
from service.sites.alerts import Alert

# A burst is scored within seconds; what takes longer is worth knowing.
BEHIND_AFTER: Final = timedelta(seconds=30)
_LOOKED_AT: Final = 10_000
DEGRADED: Final = (
    "{count} comments were decided without a score, as this site chose for the case: {then}. They"
    " are scored later."
)
BEHIND: Final = (
    "{count} comments wait for their score longer than {seconds} seconds: the classifier is behind"
    " or stands still."
)
DOES: Final = {
    Degradation.HOLD: "they are held",
    Degradation.APPROVE: "they are published unseen",
    Degradation.APPROVE_TRUSTED: "those of trusted authors are published unseen, the others held",
}


def scoring(session: Session, site_ids: Sequence[UUID], now: datetime) -> list[Alert]:
    """Return an alert for each site whose comments have no score, and for each that waits long."""
    return [*_degraded(session, site_ids), *_behind(session, site_ids, now)]


def _degraded(session: Session, site_ids: Sequence[UUID]) -> list[Alert]:
    unscored = (
        select(Comment.site_id, Comment.decided_at)
        .where(Comment.score_wanted, Comment.decided_at.is_not(None))
        .order_by(Comment.id)
        .limit(_LOOKED_AT)
        .subquery()
    )
    rows = session.execute(
        select(unscored.c.site_id, func.count(), func.min(unscored.c.decided_at))
        .where(unscored.c.site_id.in_(site_ids))
        .group_by(unscored.c.site_id)
    ).all()
    rules = policies.current_by_site(session, [row[0] for row in rows]) if rows else {}
    return [
        Alert(
            site_id,
            "scoring_degraded",
            DEGRADED.format(count=f"{count:,}", then=DOES[rules[site_id].document.degradation]),
            since,
        )
        for site_id, count, since in rows
    ]


def _behind(session: Session, site_ids: Sequence[UUID], now: datetime) -> list[Alert]:
    waiting = (
        select(Comment.site_id, Comment.created_at)
        .where(Comment.status == literal_column("'pending'"))
        .order_by(Comment.id)
        .limit(_LOOKED_AT)
        .subquery()
    )
    rows = session.execute(
        select(waiting.c.site_id, func.count(), func.min(waiting.c.created_at))
        .where(waiting.c.site_id.in_(site_ids), waiting.c.created_at < now - BEHIND_AFTER)
        .group_by(waiting.c.site_id)
    )
    return [
        Alert(
            site_id,
            "scoring_behind",
            BEHIND.format(count=f"{count:,}", seconds=BEHIND_AFTER.seconds),
            since,
        )
        for site_id, count, since in rows
    ]
