"""What rules on a site, as JSON; saving and trying are in ``service/trials``."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.policy import queries, word_lists
from service.policy.schemas import PolicyChangeOut, PolicyOut
from service.request import Transaction
from service.sites.auth import ManagingSite

router = APIRouter(prefix="/v1/policy", tags=["policy"])

_CSV = "text/csv; charset=utf-8"
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "`policy_version_not_found`"}}

Number = Annotated[int, Path(ge=0, le=2**31 - 1, description="The version; 0 is built in.")]


@router.get("")
def current_policy(session: Transaction, site: ManagingSite) -> PolicyOut:
    """Answer what rules now: the newest saved version, or the built-in one, which has number 0."""
    return PolicyOut.of(queries.current(session, site.id))


@router.get("/history")
def policy_history(
    session: Transaction, site: ManagingSite, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[PolicyChangeOut]:
    """Answer what was saved, newest first: who changed what when, and why."""
    after = Cursor.decode(cursor) if cursor else None
    found = queries.history(session, site.id, after=after, limit=limit + 1)
    last = found[limit - 1].id if len(found) > limit else None
    return Page(
        items=[PolicyChangeOut.of(each) for each in found[:limit]],
        next=Cursor(last).encode() if last else None,
    )


@router.get("/versions/{number}", responses=_NOT_FOUND)
def policy_version(number: Number, session: Transaction, site: ManagingSite) -> PolicyOut:
    """Answer one version as it was saved."""
    return PolicyOut.of(queries.version(session, site.id, number))


@router.get("/words.csv", response_class=Response, responses={200: {"content": {_CSV: {}}}})
def export_words(session: Transaction, site: ManagingSite) -> Response:
    """Answer the site's own listed words as CSV: word, kind, language, note."""
    words = queries.current(session, site.id).document.words
    content = word_lists.write_csv(each.entry for each in words.listed)
    return Response(content, media_type=_CSV)
