"""Labels that wait for a lead, as JSON: look, release, drop."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session

from service.examples import quarantines
from service.examples.origin import QuarantineState
from service.examples.queries import sender_names
from service.examples.schemas import QuarantineOut, QuarantineWholeOut
from service.examples.tables import Quarantine
from service.moderators.auth import CurrentModerator, PersonModerator
from service.moderators.errors import RoleTooLow
from service.moderators.http import SIGNED_IN, Responses, SiteQuery, site_ids, slugs
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.request import Now, Transaction

UNKNOWN_SITE: Responses = {404: {"description": "`site_not_found`"}}
router = APIRouter(
    prefix="/v1/review/quarantines", tags=["review: models"], responses=SIGNED_IN | UNKNOWN_SITE
)

_LEADS: Responses = {403: {"description": "`role_too_low`: it is for leads"}}
_ONE: Responses = _LEADS | {404: {"description": "`quarantine_not_found`"}}
_SETTLING: Responses = {
    403: {"description": "`role_too_low`, `person_needed`"},
    404: {"description": "`quarantine_not_found`"},
    409: {"description": "`quarantine_settled`: otherwise, by another lead"},
}
_TEXTS_SHOWN = 200
QuarantinePath = Annotated[UUID, Path(description="The quarantine's id.")]
StateQuery = Annotated[
    QuarantineState | None, Query(alias="state", description="Without it, whatever their state.")
]


@router.get("", summary="List labels that were set aside", responses=_LEADS)
def list_quarantines(
    *,
    session: Transaction,
    who: CurrentModerator,
    site: SiteQuery = None,
    state: StateQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[QuarantineOut]:
    """Answer the suspicious labels of the sites that one leads, newest first."""
    after = Cursor.decode(cursor) if cursor else None
    found = quarantines.of_sites(
        session, led_ids(who, site), state=state, after=after, limit=limit + 1
    )
    last = found[limit - 1].id if len(found) > limit else None
    shown = found[:limit]
    names = _names(session, shown)
    return Page(
        items=[QuarantineOut.of(each, slugs(who), names) for each in shown],
        next=Cursor(last).encode() if last else None,
    )


@router.get("/{quarantine}", summary="Read labels that were set aside", responses=_ONE)
def read_quarantine(
    quarantine: QuarantinePath, session: Transaction, who: CurrentModerator
) -> QuarantineWholeOut:
    """Answer why they were set aside, and the newest of their texts."""
    row = quarantines.get(session, led_ids(who, None), quarantine)
    texts = quarantines.texts(session, row, limit=_TEXTS_SHOWN)
    return QuarantineWholeOut.whole(row, slugs(who), _names(session, [row]), texts)


@router.post("/{quarantine}/release", summary="Let labels teach after all", responses=_SETTLING)
def release(
    quarantine: QuarantinePath, session: Transaction, now: Now, who: PersonModerator
) -> QuarantineOut:
    """Have the next run learn from them; nothing sets them aside again."""
    row = quarantines.get(session, led_ids(who, None), quarantine)
    quarantines.release(session, row, by=who.moderator.id, now=now)
    return QuarantineOut.of(row, slugs(who), _names(session, [row]))


@router.post("/{quarantine}/drop", summary="Forget labels for good", responses=_SETTLING)
def drop(
    quarantine: QuarantinePath, session: Transaction, now: Now, who: PersonModerator
) -> QuarantineOut:
    """Have nothing ever learned from them. What was decided stays decided."""
    row = quarantines.get(session, led_ids(who, None), quarantine)
    quarantines.drop(session, row, by=who.moderator.id, now=now)
    return QuarantineOut.of(row, slugs(who), _names(session, [row]))


def led_ids(who: SignedIn, slug: str | None) -> frozenset[UUID]:
    """Return the sites that are meant and led.

    Raises:
        SiteNotFound: it is none of the moderator's.
        RoleTooLow: the moderator leads none of them.
    """
    found = frozenset(each for each in site_ids(who, slug) if who.may(each, Role.LEAD))
    if not found:
        raise RoleTooLow(Role.LEAD)
    return found


def _names(session: Session, rows: Sequence[Quarantine]) -> dict[str, str]:
    return sender_names(session, [each.sender for each in rows])
