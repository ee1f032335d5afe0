"""What drift was measured, and which is alarming now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.drift.tables import DriftReading
from service.sites.alerts import Alert
from service.sites.tables import Site

# An older reading says nothing of today.
_TOLD_FOR: Final = timedelta(days=3)


def newest(session: Session, site_ids: Sequence[UUID], *, now: datetime) -> list[DriftReading]:
    """Return each site's last reading of the last days."""
    asked = (
        select(DriftReading)
        .ext(distinct_on(DriftReading.site_id))
        .where(DriftReading.site_id.in_(site_ids), DriftReading.measured_at > now - _TOLD_FOR)
        .order_by(DriftReading.site_id, DriftReading.id.desc())
    )
    return list(session.scalars(asked))


def readings(session: Session, site_id: UUID, *, limit: int) -> list[DriftReading]:
    """Return the site's last readings, newest first."""
    asked = select(DriftReading).where(DriftReading.site_id == site_id)
    return list(session.scalars(asked.order_by(DriftReading.id.desc()).limit(limit)))


def count_alarms(session: Session, *, now: datetime) -> int:
    """Return how many measures are beyond their bounds, over all sites."""
    site_ids = session.scalars(select(Site.id)).all()
    return sum(len(reading.alarms) for reading in newest(session, site_ids, now=now))


def alarming(session: Session, site_ids: Sequence[UUID], now: datetime) -> list[Alert]:
    """Return an alert for each measure that was beyond its bound when it was last taken."""
    return [
        Alert(reading.site_id, f"drift_{name}", sentence, reading.measured_at)
        for reading in newest(session, site_ids, now=now)
        for name, sentence in sorted(reading.alarms.items())
    ]
