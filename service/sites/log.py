"""The log of a site: who changed what about its settings, keys and team, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.sites.tables import ChangeKind, SiteChange


def write(
    session: Session,
    site_id: UUID,
    kind: ChangeKind,
    *,
    by: str,
    now: datetime,
    **details: Any,  # noqa: ANN401 - whatever JSON holds
) -> None:
    """Append a line; ``details`` say of what, and never a secret."""
    session.add(
        SiteChange(site_id=site_id, kind=kind, changed_by=by, changed_at=now, details=details)
    )
    session.flush()


def newest(session: Session, site_id: UUID, *, limit: int) -> Sequence[SiteChange]:
    """Return the last lines, newest first."""
    return session.scalars(
        select(SiteChange)
        .where(SiteChange.site_id == site_id)
        .order_by(SiteChange.id.desc())
        .limit(limit)
    ).all()
