"""The review queue as JSON: everything that the page does."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, status

from service.comments.status import Status
from service.moderators.auth import CurrentModerator
from service.moderators.queries import SignedIn
from service.paging import CursorQuery, LimitQuery, Page
from service.request import AppSettings, Now, Transaction
from service.review import actions, claims, queries, queue, reasons
from service.review.cards import Card, cards
from service.review.schemas import (
    CardOut,
    ChoiceOut,
    ClaimsIn,
    DecisionIn,
    QueueOut,
    RejectReasonOut,
    StepOut,
)
from service.review.trail import trail

Responses = dict[int | str, dict[str, Any]]

_SIGNED_IN: Responses = {
    401: {"description": "`not_signed_in`"},
    403: {"description": "`foreign_request`: a cookie without its `X-CSRF-Token`"},
}
_NOT_FOUND: Responses = {404: {"description": "`comment_not_found`, `site_not_found`"}}
SiteQuery = Annotated[
    str | None,
    Query(alias="site", max_length=100, description="Slug; without it, all sites of one's own."),
]

router = APIRouter(prefix="/v1/review", tags=["review"], responses=_SIGNED_IN)


@router.get("/queues", responses=_NOT_FOUND)
def read_counts(
    session: Transaction, who: CurrentModerator, site: SiteQuery = None
) -> list[QueueOut]:
    """Answer how many comments wait on each site, and since when."""
    slugs = {each.id: each.slug for each in who.sites.values()}
    return [
        QueueOut(
            queue="held",
            site=slugs[waiting.site_id],
            count=waiting.count,
            oldest_at=waiting.oldest_at,
        )
        for waiting in queue.waiting(session, _site_ids(who, site))
    ]


@router.get("/queue", responses=_NOT_FOUND)
def read_queue(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    site: SiteQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[CardOut]:
    """List held comments that no colleague has in hand, most urgent first."""
    after = queue.Place.decode(cursor) if cursor else None
    found = queue.page(
        session, _site_ids(who, site), who.moderator, after=after, limit=limit + 1, now=now
    )
    here = found[:limit]
    return Page(
        items=_out(cards(session, here, now=now), who),
        next=queue.Place.of(here[-1]).encode() if len(found) > limit else None,
    )


@router.get("/claims")
def read_claims(session: Transaction, now: Now, who: CurrentModerator) -> list[CardOut]:
    """List the comments that one has in hand oneself."""
    ids = claims.mine(session, who.moderator, now=now)
    found = queries.comments_of(session, who.site_ids, ids)
    return _out(cards(session, found, now=now), who)


@router.post(
    "/claims",
    responses=_NOT_FOUND | {409: {"description": "`too_many_claims`"}},
)
def claim_next(
    sent: ClaimsIn, session: Transaction, settings: AppSettings, now: Now, who: CurrentModerator
) -> list[CardOut]:
    """Take the most urgent free comments in hand; nobody else gets them while the lease runs.

    The answer is empty when nothing waits.
    """
    site_ids = _site_ids(who, sent.site)
    room = claims.check_room(session, who.moderator, now=now, most=settings.review.claims_max)
    taken = claims.claim_some(
        session,
        who.moderator,
        site_ids,
        count=min(sent.count, room),
        now=now,
        lease=settings.review.lease,
    )
    return _out(cards(session, taken, now=now), who)


@router.put(
    "/claims/{comment_id}",
    responses=_NOT_FOUND
    | {409: {"description": "`claimed_by_another`, `decided_meanwhile`, `not_held`"}},
)
def claim_one(
    comment_id: UUID, session: Transaction, settings: AppSettings, now: Now, who: CurrentModerator
) -> CardOut:
    """Take this comment in hand, or keep it for another lease."""
    claims.claim(
        session, who.moderator, who.site_ids, comment_id, now=now, lease=settings.review.lease
    )
    comment = queries.comment_of(session, who.site_ids, comment_id)
    return _out(cards(session, [comment], now=now), who)[0]


@router.delete("/claims/{comment_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_NOT_FOUND)
def release(comment_id: UUID, session: Transaction, who: CurrentModerator) -> None:
    """Give the comment back."""
    queries.comment_of(session, who.site_ids, comment_id)
    claims.release(session, who.moderator, comment_id)


@router.get("/comments/{comment_id}", responses=_NOT_FOUND)
def read_comment(
    comment_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> CardOut:
    """Answer one comment, whatever its status."""
    comment = queries.comment_of(session, who.site_ids, comment_id)
    return _out(cards(session, [comment], now=now), who)[0]


@router.get("/comments/{comment_id}/history", responses=_NOT_FOUND)
def read_history(comment_id: UUID, session: Transaction, who: CurrentModerator) -> list[StepOut]:
    """Answer the trail of decisions, oldest first, with what was undone or void."""
    queries.comment_of(session, who.site_ids, comment_id)
    return [
        StepOut.model_validate(step, from_attributes=True) for step in trail(session, comment_id)
    ]


@router.post(
    "/comments/{comment_id}/decisions",
    status_code=status.HTTP_201_CREATED,
    responses=_NOT_FOUND
    | {
        409: {
            "description": "`decided_meanwhile`, `edited_meanwhile`, `withdrawn_meanwhile`, "
            "`claimed_by_another`, `not_held`"
        }
    },
)
def decide(
    comment_id: UUID,
    sent: DecisionIn,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: CurrentModerator,
) -> ChoiceOut:
    """Approve or reject. Sending it twice decides once.

    It can be undone until `settles_at`; only then the comment moves and the site is told.
    """
    wish = actions.Wish(
        status=Status(sent.status.value),
        revision=sent.revision,
        reason=sent.reason,
        note=sent.note,
        replaces=sent.replaces,
    )
    choice = actions.decide(
        session,
        who.moderator,
        who.site_ids,
        comment_id,
        wish,
        now=now,
        window=settings.review.undo_window,
    )
    return ChoiceOut.of(choice)


@router.post(
    "/decisions/{decision_id}/undo",
    responses={
        404: {"description": "`decision_not_found`"},
        409: {"description": "`undo_too_late`"},
    },
)
def undo(decision_id: UUID, session: Transaction, now: Now, who: CurrentModerator) -> ChoiceOut:
    """Take a decision of one's own back before it has left the house."""
    return ChoiceOut.of(actions.undo(session, who.moderator, decision_id, now=now))


@router.get("/sites/{site}/reasons", responses=_NOT_FOUND)
def read_reasons(site: str, who: CurrentModerator) -> list[RejectReasonOut]:
    """List the reasons for which the site rejects, in the order of their keys."""
    return [RejectReasonOut.of(each) for each in reasons.of_site(who.site(site).reject_reasons)]


def _site_ids(who: SignedIn, slug: str | None) -> tuple[UUID, ...]:
    return who.site_ids if slug is None else (who.site(slug).id,)


def _out(found: list[Card], who: SignedIn) -> list[CardOut]:
    slugs = {site.id: site.slug for site in who.sites.values()}
    return [CardOut.of(card, who, slugs) for card in found]
