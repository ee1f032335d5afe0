"""Reads of policies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.paging import Cursor
from service.policy.document import PolicyDocument, Thresholds
from service.policy.errors import PolicyVersionNotFound
from service.policy.tables import Policy
from service.registry import queries as registry

_log = structlog.get_logger(__name__)

BUILT_IN_VERSION = 0
BUILT_IN_NOTE = "Built in: what a site starts with, by the live model version's own advice."
# For a model version that gives no advice. A probability of 0.4 is calibrated: of a hundred such
# comments about forty harm, so a person looks; and only where 97 of 100 do is nobody asked.
BUILT_IN_HOLD, BUILT_IN_REJECT = 0.4, 0.97


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a site's policy. The built-in one has no id: nobody saved it."""

    id: UUID | None
    version: int
    document: PolicyDocument
    note: str
    saved_by: str | None
    saved_at: datetime | None
    changes: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Policy) -> "PolicyVersion":
        document = PolicyDocument.model_validate(row.document)
        changed = tuple(row.changes)
        return cls(row.id, row.version, document, row.note, row.saved_by, row.saved_at, changed)


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """Who saved a version when, why, and what was changed: without the document, which is long."""

    id: UUID
    version: int
    note: str
    saved_by: str
    saved_at: datetime
    changes: tuple[str, ...]


def current(session: Session, site_id: UUID) -> PolicyVersion:
    """Return the version that rules now: the newest saved one, or else the built-in one."""
    return current_by_site(session, [site_id])[site_id]


def current_by_site(session: Session, site_ids: Collection[UUID]) -> dict[UUID, PolicyVersion]:
    """Return the version that rules now on each of the sites."""
    newest = (
        select(Policy)
        .ext(distinct_on(Policy.site_id))
        .where(Policy.site_id.in_(site_ids))
        .order_by(Policy.site_id, Policy.version.desc())
    )
    found = {row.site_id: PolicyVersion.of(row) for row in session.scalars(newest)}
    return found | _built_in_by_site(session, set(site_ids) - set(found))


def _built_in_by_site(session: Session, site_ids: Collection[UUID]) -> dict[UUID, PolicyVersion]:
    """Return what each site starts with: by its own champion's advice, or else the shared one's."""
    live = registry.champion_ids(session, site_ids) if site_ids else {}
    shared = live.get(None, (None, ""))
    return {each: built_in(session, live.get(each, shared)[0]) for each in site_ids}


def built_in(session: Session, model_version_id: int | None = None) -> PolicyVersion:
    """Return the policy of a site that has saved none: by the advice of this model version.

    Without one it is that of the shared champion.
    """
    advised = (
        registry.champion_thresholds(session)
        if model_version_id is None
        else registry.advised_thresholds(session, model_version_id)
    )
    thresholds = _thresholds(advised)
    document = PolicyDocument(thresholds=thresholds)
    return PolicyVersion(None, BUILT_IN_VERSION, document, BUILT_IN_NOTE, None, None)


def _thresholds(advised: dict[str, Any] | None) -> Thresholds:
    """Return the thresholds that a model version advises, or ours where it advises none."""
    if advised:
        try:
            return Thresholds.model_validate(advised)
        except ValidationError as error:
            _log.error("advised_thresholds_unreadable", problems=error.error_count())
    return Thresholds.same_for_all(hold=BUILT_IN_HOLD, reject=BUILT_IN_REJECT)


def version(session: Session, site_id: UUID, number: int) -> PolicyVersion:
    """Return a saved version, or with number 0 the built-in one.

    Raises:
        PolicyVersionNotFound: the site never saved it.
    """
    if number == BUILT_IN_VERSION:
        return _built_in_by_site(session, [site_id])[site_id]
    saved = select(Policy).where(Policy.site_id == site_id, Policy.version == number)
    row = session.scalars(saved).one_or_none()
    if row is None:
        raise PolicyVersionNotFound(number)
    return PolicyVersion.of(row)


def history(
    session: Session, site_id: UUID, *, after: Cursor | None, limit: int
) -> list[PolicyChange]:
    """Return what was saved, newest first, from the one after the cursor."""
    columns = (
        *(Policy.id, Policy.version, Policy.note, Policy.saved_by, Policy.saved_at),
        Policy.changes,
    )
    saved = select(*columns).where(Policy.site_id == site_id)
    if after is not None:
        reached = select(Policy.version).where(Policy.id == after.after).scalar_subquery()
        saved = saved.where(Policy.version < reached)
    rows = session.execute(saved.order_by(Policy.version.desc()).limit(limit))
    return [PolicyChange(*row[:5], changes=tuple(row[5])) for row in rows]
