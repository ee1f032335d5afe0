"""Whose model is learned from whom, and for whom a run is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ml.gate_limits import Limits
from service.learning import gathering, runs
from service.learning.plan import GATE, PlanDocument
from service.learning.schedule import is_due
from service.learning.states import Cause, RunState
from service.learning.tables import Plan, Run
from service.settings import Learning
from service.sites.tables import Site


@dataclass(frozen=True, slots=True)
class Scope:
    """A model to be made: whose, from which sites' examples, and what they ask for.

    ``site_id`` None: the shared model of all sites that have none of their own.
    """

    site_id: UUID | None
    site_ids: tuple[UUID, ...]
    examples: int
    harmful: int
    schedule: str
    limits: Limits
    must_pass: tuple[str, ...]

    def is_enough(self, settings: Learning) -> bool:
        return self.examples >= settings.examples_min and self.harmful >= settings.harmful_min


def plan_of(session: Session, site_id: UUID) -> PlanDocument:
    """Return what the site wants, or else what is built in."""
    stored = session.get(Plan, site_id)
    return PlanDocument() if stored is None else PlanDocument.model_validate(stored.document)


def scopes(session: Session, settings: Learning) -> list[Scope]:
    """Return every model to be made, the shared one first."""
    site_ids = list(session.scalars(select(Site.id).order_by(Site.id)))
    plans = _plans(session)
    counts = gathering.count(session, site_ids)
    own = [
        site_id
        for site_id in site_ids
        if plans.get(site_id, PlanDocument()).own_model
        and counts.get(site_id, (0, 0))[0] >= settings.own_model_from
        and counts.get(site_id, (0, 0))[1] >= settings.harmful_min
    ]
    shared = [site_id for site_id in site_ids if site_id not in own]
    found = [_scope(None, shared, plans, counts, settings)] if shared else []
    return [*found, *(_scope(each, [each], plans, counts, settings) for each in own)]


def scope(session: Session, site_id: UUID | None, settings: Learning) -> Scope:
    """Return the model that a person asked for, whether the site has examples enough or not."""
    for each in scopes(session, settings):
        if each.site_id == site_id:
            return each
    plans = _plans(session)
    site_ids = [] if site_id is None else [site_id]
    return _scope(site_id, site_ids, plans, gathering.count(session, site_ids), settings)


def scope_of_site(session: Session, site_id: UUID, settings: Learning) -> UUID | None:
    """Return whose model decides on the site after its next run: its own, or the shared one."""
    own = {each.site_id for each in scopes(session, settings)}
    return site_id if site_id in own else None


def _plans(session: Session) -> dict[UUID, PlanDocument]:
    return {
        row.site_id: PlanDocument.model_validate(row.document)
        for row in session.scalars(select(Plan))
    }


def _scope(
    site_id: UUID | None,
    site_ids: list[UUID],
    plans: Mapping[UUID, PlanDocument],
    counts: Mapping[UUID, tuple[int, int]],
    settings: Learning,
) -> Scope:
    """Put together what the sites ask for: of limits the strictest, of texts all."""
    wanted = [plans[each] for each in site_ids if each in plans]
    limits = GATE
    for each in wanted:
        limits = limits.strictest(each.gate.limits())
    own = None if site_id is None else plans.get(site_id, PlanDocument()).schedule
    return Scope(
        site_id=site_id,
        site_ids=tuple(site_ids),
        examples=sum(counts.get(each, (0, 0))[0] for each in site_ids),
        harmful=sum(counts.get(each, (0, 0))[1] for each in site_ids),
        schedule=own or settings.schedule,
        limits=limits,
        must_pass=tuple(dict.fromkeys(text for each in wanted for text in each.must_pass)),
    )


def is_asked_for(session: Session) -> bool:
    """Say whether somebody waits for a run."""
    return runs.asked_for(session) is not None


def scopes_due(session: Session, settings: Learning, *, now: datetime) -> list[Scope]:
    """Return the models for which a time of their schedule has come, with examples enough."""
    found = []
    for each in scopes(session, settings):
        last = last_scheduled(session, each.site_id)
        if is_due(each.schedule, last=last, now=now) and each.is_enough(settings):
            found.append(each)
    return found


def last_scheduled(session: Session, site_id: UUID | None) -> datetime | None:
    """Return when a run of the schedule began last."""
    began: datetime | None = session.scalar(
        select(func.max(Run.started_at)).where(
            Run.site_id.is_not_distinct_from(site_id),
            Run.cause == Cause.SCHEDULE,
            Run.state != RunState.ASKED,
        )
    )
    return began
