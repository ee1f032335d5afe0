"""A site's plan for learning, and its wishes to have old comments scored again, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from service.learning import access, due, plans, queries, rescoring
from service.learning.plan import PlanDocument, built_in_gate
from service.learning.routes import LEADS
from service.learning.schemas import PlanOut, RescoringIn, RescoringOut
from service.learning.tables import Plan
from service.moderators.auth import CurrentModerator, PersonModerator
from service.moderators.http import SIGNED_IN, Responses, SiteQuery, slugs
from service.request import AppSettings, Now, Transaction

UNKNOWN_SITE: Responses = {404: {"description": "`site_not_found`"}}
router = APIRouter(
    prefix="/v1/review/models", tags=["review: models"], responses=SIGNED_IN | UNKNOWN_SITE
)

Slug = Annotated[str, Query(alias="site", max_length=100, description="Slug.")]
_SITE = LEADS | {404: {"description": "`site_not_found`"}}


@router.get("/plan", summary="Read a site's plan for learning", responses=_SITE)
def read_plan(
    site: Slug, session: Transaction, settings: AppSettings, who: CurrentModerator
) -> PlanOut:
    """Answer when its model is retrained, how strict the gate is, and what must always pass."""
    [found] = access.led(who, site)
    return PlanOut.of(
        due.plan_of(session, found.id),
        session.get(Plan, found.id),
        gate=built_in_gate(),
        schedule=settings.learning.schedule,
    )


@router.put(
    "/plan",
    summary="Change a site's plan for learning",
    responses=_SITE | {422: {"description": "`plan_invalid`, `fields_invalid`"}},
)
def change_plan(
    site: Slug,
    sent: PlanDocument,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: PersonModerator,
) -> PlanOut:
    """Put the plan in the place of the one before. The gate can be tightened, never loosened."""
    [found] = access.led(who, site)
    row = plans.save(session, found, sent, by=who.moderator.name, now=now)
    return PlanOut.of(
        PlanDocument.model_validate(row.document),
        row,
        gate=built_in_gate(),
        schedule=settings.learning.schedule,
    )


@router.get("/rescorings", summary="List what is scored again", responses=_SITE)
def list_rescorings(
    session: Transaction, who: CurrentModerator, site: SiteQuery = None
) -> list[RescoringOut]:
    """Answer the last fifty wishes, newest first, and how far each is."""
    ids = [each.id for each in access.led(who, site)]
    return [
        RescoringOut.of(each, slugs(who)) for each in queries.rescorings(session, ids, limit=50)
    ]


@router.post(
    "/rescorings",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Have old comments scored again",
    responses=_SITE,
)
def ask_for_rescoring(
    sent: RescoringIn, session: Transaction, now: Now, who: PersonModerator
) -> RescoringOut:
    """Have comments sent since then scored by the version that decides now, when there is time.

    What waits for a decision comes first. Decisions stay as they are, with the scores they rest on.
    """
    [found] = access.led(who, sent.site)
    row = rescoring.ask(session, found.id, since=sent.since, by=who.moderator.name, now=now)
    return RescoringOut.of(row, slugs(who))
