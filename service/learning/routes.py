"""Runs of retraining as JSON, and their reports."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, status
from fastapi.responses import HTMLResponse

from service.learning import access, due, queries, reports, runs, snapshots
from service.learning.errors import SnapshotNotFound
from service.learning.schemas import RunIn, RunOut, RunWholeOut, SnapshotOut
from service.learning.states import Cause
from service.moderators.auth import CurrentModerator
from service.moderators.http import SIGNED_IN, Responses, SiteQuery, slugs
from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.request import AppSettings, Now, Transaction

UNKNOWN_SITE: Responses = {404: {"description": "`site_not_found`"}}
router = APIRouter(
    prefix="/v1/review/models/runs", tags=["review: models"], responses=SIGNED_IN | UNKNOWN_SITE
)

LEADS: Responses = {403: {"description": "`role_too_low`: it is for leads"}}
_RUN: Responses = LEADS | {404: {"description": "`run_not_found`"}}
_REPORT: Responses = LEADS | {404: {"description": "`run_not_found`, `report_missing`"}}
RunPath = Annotated[UUID, Path(description="The run's id.")]
# A page of ours that a person may save and open elsewhere: its own styles and pictures, no script.
REPORT_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'; sandbox"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@router.get("", summary="List runs", responses=LEADS)
def list_runs(
    session: Transaction,
    who: CurrentModerator,
    site: SiteQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[RunOut]:
    """Answer the runs of the sites that one leads, and those of the shared model, newest first."""
    ids = [each.id for each in access.led(who, site)]
    after = Cursor.decode(cursor) if cursor else None
    found = queries.of_sites(session, ids, after=after, limit=limit + 1)
    last = found[limit - 1].id if len(found) > limit else None
    return Page(
        items=[RunOut.of(each, slugs(who)) for each in found[:limit]],
        next=Cursor(last).encode() if last else None,
    )


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Ask for a run",
    responses=LEADS
    | {404: {"description": "`site_not_found`"}, 409: {"description": "`run_under_way`"}},
)
def ask_for_run(
    sent: RunIn, *, session: Transaction, settings: AppSettings, now: Now, who: CurrentModerator
) -> RunOut:
    """Have a challenger trained as soon as a worker gets to it; the gate judges it as always.

    A refresh is promoted where it is not worse, so it needs an admin.
    """
    [site] = access.led(who, sent.site)
    scope = due.scope_of_site(session, site.id, settings.learning)
    if sent.is_refresh:
        access.check_may_change(session, who, scope)
    run = runs.ask(
        session,
        scope,
        cause=Cause.PERSON,
        by=who.moderator.name,
        is_refresh=sent.is_refresh,
        now=now,
    )
    return RunOut.of(run, slugs(who))


@router.get("/{run}", summary="Read a run", responses=_RUN)
def read_run(run: RunPath, session: Transaction, who: CurrentModerator) -> RunWholeOut:
    """Answer how far it is, or how it ended and why, with every figure."""
    return RunWholeOut.of(access.run(session, who, run), slugs(who))


@router.get(
    "/{run}/report",
    summary="Read a run's report",
    response_class=HTMLResponse,
    responses=_REPORT,
)
def read_report(run: RunPath, session: Transaction, who: CurrentModerator) -> Response:
    """Answer one page that needs nothing else: curves, tables, gains and losses as texts.

    It shows the texts of sites that one leads, as far as they are still there.
    """
    found = access.run(session, who, run)
    body = reports.page(session, found, access.led_ids(who))
    return HTMLResponse(body, headers=REPORT_HEADERS)


@router.get(
    "/{run}/card",
    summary="Read the card of a run's challenger",
    response_class=Response,
    responses=_REPORT | {200: {"content": {"text/markdown; charset=utf-8": {}}}},
)
def read_card(run: RunPath, session: Transaction, who: CurrentModerator) -> Response:
    """Answer the model card as Markdown, from the same numbers as the report."""
    body = reports.card(session, access.run(session, who, run))
    return Response(body, media_type="text/markdown; charset=utf-8")


@router.get(
    "/{run}/snapshot",
    summary="Read what a run learned from",
    responses=LEADS | {404: {"description": "`run_not_found`, `snapshot_not_found`"}},
)
def read_snapshot(run: RunPath, session: Transaction, who: CurrentModerator) -> SnapshotOut:
    """Answer the immutable list of examples, by id, with their digest.

    What is withdrawn or erased is in no later one, which lists it as removed.
    """
    found = access.run(session, who, run)
    if found.snapshot_id is None:
        raise SnapshotNotFound
    return SnapshotOut.of(snapshots.get(session, found.snapshot_id))
