"""Deciding many at once, as JSON; for leads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from ml.labels import Label
from service.comments.status import Status
from service.moderators.auth import CurrentModerator
from service.moderators.errors import RoleTooLow
from service.moderators.http import Responses, SiteQuery, site_ids
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.request import AppSettings, Now, Transaction
from service.review import bulk
from service.review.actions import Wish
from service.review.bulk_schemas import BulkIn, BulkOut, BulkUndoneOut, HistogramOut
from service.review.http import NOT_FOUND, seen
from service.review.schemas import CardOut

router = APIRouter()

_FOR_LEADS: Responses = {
    403: {"description": "`role_too_low`, `foreign_request`"},
}
LabelQuery = Annotated[
    Label | None, Query(alias="label", description="Without it, the highest of all labels.")
]
Bound = Annotated[float, Query(ge=0, le=1, allow_inf_nan=False)]


@router.get("/histogram", responses=NOT_FOUND | _FOR_LEADS)
def read_histogram(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    site: SiteQuery = None,
    label: LabelQuery = None,
) -> HistogramOut:
    """Count what waits by score, in bins of equal width over [0, 1]."""
    counts = bulk.histogram(session, _led(who, site), who.moderator, label=label, now=now)
    return HistogramOut(label=label, counts=counts)


@router.get("/range", responses=NOT_FOUND | _FOR_LEADS)
def read_range(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    low: Bound,
    high: Bound,
    site: SiteQuery = None,
    label: LabelQuery = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> list[CardOut]:
    """List what waits with a score from `low` to below `high`, highest first."""
    wanted = bulk.Range(low, high, label)
    found = bulk.in_range(session, _led(who, site), who.moderator, wanted, limit=limit, now=now)
    return seen(session, found, who, now=now)


@router.post("/bulk", responses=_FOR_LEADS)
def decide_many(
    sent: BulkIn, session: Transaction, settings: AppSettings, now: Now, who: CurrentModerator
) -> BulkOut:
    """Decide each of these comments; one that cannot be decided stops no other.

    Each can be undone alone, and all of them by `…/bulk/{id}/undo`, until `settles_at`.
    """
    wishes = {
        each.id: Wish(
            status=Status(sent.status.value),
            revision=each.revision,
            reason=sent.reason,
            note=sent.note,
        )
        for each in sent.comments
    }
    window = settings.review.undo_window
    made = bulk.decide_many(session, who.moderator, _led(who, None), wishes, now=now, window=window)
    return BulkOut.of(made)


@router.post("/bulk/{decision_id}/undo", responses={404: {"description": "`decision_not_found`"}})
def undo_many(
    decision_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> BulkUndoneOut:
    """Take all of one bulk back, as far as it has not left the house."""
    undone, too_late = bulk.undo_many(session, who.moderator, decision_id, now=now)
    return BulkUndoneOut(undone=undone, too_late=too_late)


def _led(who: SignedIn, slug: str | None) -> tuple[UUID, ...]:
    """Return the sites that are meant and that the moderator leads.

    Raises:
        RoleTooLow: none is.
    """
    sites = site_ids(who, slug)
    led = tuple(site_id for site_id in sites if who.may(site_id, Role.LEAD))
    if not led:
        raise RoleTooLow(Role.LEAD)
    return led
