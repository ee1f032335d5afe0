"""Models: what decides, how it came about, and what waits for a lead's eyes; for leads."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from service import html, problems
from service.errors import Conflict, Forbidden, ModerationError
from service.examples import quarantines
from service.examples.origin import QuarantineState
from service.examples.queries import sender_names
from service.learning import access, due, queries, reports, runs, shadows
from service.learning.routes import REPORT_HEADERS
from service.learning.states import Cause
from service.moderators import auth
from service.moderators.auth import FormModerator, PageModerator
from service.moderators.page_route import PageRoute
from service.moderators.queries import SignedIn
from service.registry import actions
from service.registry import queries as versions
from service.request import AppSettings, Now, Transaction
from service.sites.tables import Site

router = APIRouter(prefix="/review/models", include_in_schema=False, route_class=PageRoute)

_RUNS, _PROMOTIONS, _TEXTS, _DIFFERING = 30, 20, 100, 30
SlugField = Annotated[str, Form(alias="site", max_length=100)]
SlugQuery = Annotated[str | None, Query(alias="site", max_length=100)]


@router.get("")
def models_page(
    request: Request,
    session: Transaction,
    settings: AppSettings,
    who: PageModerator,
    site: SlugQuery = None,
) -> Response:
    """Show what decides on a site that one leads, the last runs, and what waits for a lead."""
    return _page(request, session, settings, who, access.led(who, site)[0])


@router.post("/retrain")
def ask_for_run(
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: FormModerator,
    slug: SlugField,
) -> Response:
    """Have a challenger trained; the gate judges it as always."""
    [site] = access.led(who, slug)

    def ask() -> None:
        scope = due.scope_of_site(session, site.id, settings.learning)
        runs.ask(session, scope, cause=Cause.PERSON, by=who.moderator.name, now=now)

    return _changed(request, session, settings, who, site, by=ask)


@router.post("/promote")
def promote(
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: FormModerator,
    slug: SlugField,
    number: Annotated[int, Form(ge=1, le=2**31 - 1)],
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Have a version decide; an earlier one too."""
    [site] = access.led(who, slug)

    def change() -> None:
        version = access.version(session, who, number)
        access.check_may_change(session, who, version.site_id)
        actions.promote(session, version, by=who.moderator.name, why=why, now=now)

    return _changed(request, session, settings, who, site, by=change)


@router.post("/rollback")
def roll_back(
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: FormModerator,
    slug: SlugField,
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Take the last promotion back."""
    [site] = access.led(who, slug)

    def change() -> None:
        champion = versions.champion(session, site.id)
        scope = None if champion is None else champion.site_id
        access.check_may_change(session, who, scope)
        actions.roll_back(session, scope, by=who.moderator.name, why=why, now=now)

    return _changed(request, session, settings, who, site, by=change)


@router.get("/runs/{run}/report")
def report_page(run: Annotated[UUID, Path()], session: Transaction, who: PageModerator) -> Response:
    """Show a run's report, with the texts that are still there."""
    found = access.run(session, who, run)
    body = reports.page(session, found, access.led_ids(who))
    return HTMLResponse(body, headers=REPORT_HEADERS)


@router.get("/quarantines/{quarantine}")
def quarantine_page(
    quarantine: Annotated[UUID, Path()],
    request: Request,
    session: Transaction,
    settings: AppSettings,
    who: PageModerator,
) -> Response:
    """Show labels that were set aside, with their texts, and let a lead decide."""
    row = quarantines.get(session, access.led_ids(who), quarantine)
    return html.page(
        request,
        "learning/quarantine.html",
        who=who,
        csrf=auth.csrf_of(who, settings),
        site=next(each for each in who.sites.values() if each.id == row.site_id),
        quarantine=row,
        sender=sender_names(session, [row.sender]).get(row.sender, row.sender),
        texts=quarantines.texts(session, row, limit=_TEXTS),
        is_open=row.state is QuarantineState.OPEN,
    )


@router.post("/quarantines/{quarantine}/settle")
def settle_quarantine(
    quarantine: Annotated[UUID, Path()],
    *,
    session: Transaction,
    now: Now,
    who: FormModerator,
    outcome: Annotated[QuarantineState, Form()],
) -> Response:
    """Release or drop the labels."""
    row = quarantines.get(session, access.led_ids(who), quarantine)
    settle = quarantines.drop if outcome is QuarantineState.DROPPED else quarantines.release
    settle(session, row, by=who.moderator.id, now=now)
    return html.go_to(f"/review/models/quarantines/{row.id}")


def _changed(
    request: Request,
    session: Session,
    settings: AppSettings,
    who: SignedIn,
    site: Site,
    *,
    by: Callable[[], None],
) -> Response:
    """Have the change made, and go back to the page; what is refused is said on it."""
    try:
        by()
    except (Conflict, Forbidden) as error:
        return _page(request, session, settings, who, site, refusal=error)
    return html.go_to(f"/review/models?site={quote(site.slug)}")


def _page(
    request: Request,
    session: Session,
    settings: AppSettings,
    who: SignedIn,
    site: Site,
    *,
    refusal: ModerationError | None = None,
) -> Response:
    champion = versions.champion(session, site.id)
    scope = None if champion is None else champion.site_id
    beside = versions.shadow(session, scope)
    compared = None
    if champion is not None and beside is not None:
        compared = shadows.compare(session, champion, beside, [site.id])
    found = queries.of_sites(session, [site.id], after=None, limit=_RUNS)
    waiting = quarantines.of_sites(
        session, [site.id], state=QuarantineState.OPEN, after=None, limit=_RUNS
    )
    return html.page(
        request,
        "learning/models.html",
        status=200 if refusal is None else problems.status_of(refusal),
        refusal=refusal,
        who=who,
        csrf=auth.csrf_of(who, settings),
        site=site,
        led=access.led(who),
        champion=champion,
        shadow=beside,
        compared=compared,
        shown=_DIFFERING,
        may_change=_may_change(session, who, scope),
        runs=found,
        running=next((each for each in found if not each.state.is_over), None),
        promotions=versions.promotions(session, scope, limit=_PROMOTIONS),
        waiting=waiting,
        senders=sender_names(session, [each.sender for each in waiting]),
        plan=due.plan_of(session, site.id),
        schedule=settings.learning.schedule,
    )


def _may_change(session: Session, who: SignedIn, scope: UUID | None) -> bool:
    try:
        access.check_may_change(session, who, scope)
    except Forbidden:
        return False
    return True
