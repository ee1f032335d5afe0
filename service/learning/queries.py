"""Reads of runs, and of where a shadow would have decided otherwise."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.learning.tables import Rescoring, Run
from service.paging import Cursor


def of_sites(
    session: Session, site_ids: Collection[UUID], *, after: Cursor | None, limit: int
) -> list[Run]:
    """Return the runs of these sites and of the shared model, newest first."""
    wanted = select(Run).where(or_(Run.site_id.is_(None), Run.site_id.in_(site_ids)))
    if after is not None:
        wanted = wanted.where(Run.id < after.after)
    return list(session.scalars(wanted.order_by(Run.id.desc()).limit(limit)))


def newest(session: Session, *, limit: int) -> list[Run]:
    """Return the newest runs, whosesoever."""
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)))


def of_version(session: Session, version_id: int) -> Run | None:
    """Return the run that a version came from: the last one, where it came out again."""
    wanted = select(Run).where(Run.version_id == version_id, Run.ended_at.is_not(None))
    return session.scalars(wanted.order_by(Run.id.desc()).limit(1)).one_or_none()


def rescorings(session: Session, site_ids: Collection[UUID], *, limit: int) -> list[Rescoring]:
    """Return the wishes to score old comments again, newest first."""
    wanted = select(Rescoring).where(Rescoring.site_id.in_(site_ids))
    return list(session.scalars(wanted.order_by(Rescoring.id.desc()).limit(limit)))
