"""What whoever watches some sites should know, from all that have something to say."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from service.sites.alerts import Alert, Source


def gather(
    session: Session, sources: Iterable[Source], site_ids: Sequence[UUID], *, now: datetime
) -> list[Alert]:
    """Return the alerts of these sites, the longest-standing first; without a date, last."""
    found = [alert for source in sources for alert in source(session, site_ids, now)]
    return sorted(found, key=lambda each: (each.since is None, each.since or now, each.code))
