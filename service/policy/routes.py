"""What rules on a site, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Body

from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.policy import actions, queries
from service.policy.schemas import PolicyIn, PolicyOut
from service.request import Now, Transaction
from service.sites.auth import CurrentSite

router = APIRouter(prefix="/v1/policy", tags=["policy"])

SAVED_BY_SITE = "site"


@router.get("")
def current_policy(session: Transaction, site: CurrentSite) -> PolicyOut:
    """Answer what rules now: the newest saved version, or the built-in one, which has number 0."""
    return PolicyOut.of(queries.current(session, site.id))


@router.put("")
def save_policy(
    sent: Annotated[PolicyIn, Body()], session: Transaction, now: Now, site: CurrentSite
) -> PolicyOut:
    """Save the next version, which rules from now on. Sending what rules already changes nothing.

    Comments decided before are not decided again.
    """
    saved = actions.save(
        session, site.id, sent.document(), note=sent.note, saved_by=SAVED_BY_SITE, now=now
    )
    return PolicyOut.of(saved)


@router.get("/history")
def policy_history(
    session: Transaction, site: CurrentSite, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[PolicyOut]:
    """Answer the saved versions, newest first: who changed what when, and why."""
    after = Cursor.decode(cursor) if cursor else None
    found = queries.history(session, site.id, after=after, limit=limit + 1)
    last = found[limit - 1].id if len(found) > limit else None
    return Page(
        items=[PolicyOut.of(each) for each in found[:limit]],
        next=Cursor(last).encode() if last else None,
    )
