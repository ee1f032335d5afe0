"""Notices of illegal content, for moderators and for whoever gave one, as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from service.moderators.auth import CurrentModerator
from service.moderators.http import SIGNED_IN, Responses, SiteQuery, site_ids, slugs
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.reports import queries
from service.reports.opening import opened
from service.reports.schemas import NoticeOut, ReceiptOut
from service.reports.tables import Notice
from service.request import AppSettings, Now, Transaction

public = APIRouter(prefix="/v1/notices", tags=["notices of illegal content"])
review = APIRouter(prefix="/v1/review/notices", tags=["review: notices"], responses=SIGNED_IN)

TokenPath = Annotated[str, Path(max_length=200, description="The last part of the link.")]
NOT_FOUND: Responses = {404: {"description": "`notice_not_found`"}}


@public.get(
    "/{token}",
    summary="Read what became of a notice",
    responses={
        404: {"description": "`link_not_known`"},
        410: {"description": "`link_expired`"},
    },
)
def read_receipt(
    token: TokenPath, session: Transaction, settings: AppSettings, now: Now
) -> ReceiptOut:
    """Answer the confirmation of receipt, with the outcome once there is one.

    The link is the key: nobody signs in. It is given back when the notice is taken in.
    """
    return ReceiptOut.of(opened(session, settings, token, now=now))


@review.get(
    "",
    summary="List the notices that wait",
    responses={404: {"description": "`site_not_found`"}},
)
def read_notices(
    *,
    session: Transaction,
    who: CurrentModerator,
    site: SiteQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[NoticeOut]:
    """List what waits for an answer, oldest first: each notice, also several on one comment."""
    after = Cursor.decode(cursor).after if cursor else None
    found = queries.notices(session, site_ids(who, site), after=after, limit=limit + 1)
    more = Cursor(found[limit - 1].id).encode() if len(found) > limit else None
    return Page[NoticeOut](items=[out(each, who) for each in found[:limit]], next=more)


@review.get("/{notice_id}", summary="Read a notice", responses=NOT_FOUND)
def read_notice(notice_id: UUID, session: Transaction, who: CurrentModerator) -> NoticeOut:
    return out(queries.notice(session, who.site_ids, notice_id), who)


def out(notice: Notice, who: SignedIn) -> NoticeOut:
    """Return the notice as this moderator may see it."""
    is_lead = who.may(notice.site_id, Role.LEAD)
    return NoticeOut.of(notice, slugs(who)[notice.site_id], with_contact=is_lead)
