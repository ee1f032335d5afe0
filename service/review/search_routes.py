"""Search as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.moderators.auth import CurrentModerator
from service.moderators.http import SiteQuery, site_ids
from service.paging import Cursor, CursorQuery, LimitQuery
from service.request import Now, Transaction
from service.review.http import NOT_FOUND, FilterQuery, seen
from service.review.schemas import SearchPage
from service.review.search import search

router = APIRouter()

# Begins the cursor of a list of similar words; no other cursor begins so.
_SIMILAR = "~"


@router.get("/search", responses=NOT_FOUND)
def find(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    words: Annotated[str, Query(alias="q", max_length=200, description="Words, or parts of them.")],
    site: SiteQuery = None,
    filters: FilterQuery,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> SearchPage:
    """List the comments whose text or author's name has every word, newest first.

    A word is found by its beginning and by a part of three letters or more, in Latin and Cyrillic
    letters alike; a comment's words are known by their parts about a minute after its decision.
    Where no comment has them all, comments with words that look like them are listed, and `similar`
    says which. Comments that wait for their score are left out.
    """
    is_similar = cursor is not None and cursor.startswith(_SIMILAR)
    before = Cursor.decode(cursor.removeprefix(_SIMILAR)).after if cursor else None
    found = search(
        session,
        site_ids(who, site),
        words,
        filters=filters,
        similar=is_similar,
        before=before,
        limit=limit + 1,
    )
    here = found.comments[:limit]
    mark = _SIMILAR if found.similar else ""
    return SearchPage(
        as_of=now,
        items=seen(session, here, who, now=now),
        next=mark + Cursor(here[-1].id).encode() if len(found.comments) > limit else None,
        order="What came last comes first.",
        similar=list(found.similar),
    )
