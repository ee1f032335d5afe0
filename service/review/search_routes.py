"""Search as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.moderators.auth import CurrentModerator
from service.moderators.http import SiteQuery, site_ids
from service.paging import Cursor, CursorQuery, LimitQuery
from service.request import Now, Transaction
from service.review.http import NOT_FOUND, seen
from service.review.schemas import QueuePage
from service.review.search import search

router = APIRouter()


@router.get("/search", responses=NOT_FOUND)
def find(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    words: Annotated[str, Query(alias="q", max_length=200, description="Words, or their heads.")],
    site: SiteQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> QueuePage:
    """List the comments whose text or author's name has every word, newest first.

    A word is found by its beginning. Comments that wait for their score are left out.
    """
    before = Cursor.decode(cursor).after if cursor else None
    found = search(session, site_ids(who, site), words, before=before, limit=limit + 1)
    here = found[:limit]
    return QueuePage(
        as_of=now,
        items=seen(session, here, who, now=now),
        next=Cursor(here[-1].id).encode() if len(found) > limit else None,
        order="What came last comes first.",
    )
