"""The queues as JSON: lists, counts, one comment's evidence, and what changed on the screen."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from service.moderators.auth import CurrentModerator, WatchingModerator
from service.moderators.http import SiteQuery, site_ids, slugs
from service.moderators.queries import SignedIn
from service.paging import Cursor, CursorQuery, LimitQuery
from service.request import Now, Transaction
from service.review import queries, queue, standing
from service.review.cards import cards
from service.review.evidence import evidence
from service.review.evidence_schemas import EvidenceOut, HighlightOut, StepOut
from service.review.highlights import Explainer, highlights
from service.review.http import NOT_FOUND, out
from service.review.queue import Place, Queue, Sort, Waiting
from service.review.schemas import (
    CardOut,
    ChangesOut,
    PaceOut,
    QueueOut,
    QueuePage,
    RejectReasonOut,
    StandingOut,
)
from service.review.shared_counts import SharedCounts
from service.review.trail import trail
from service.sites import reasons

router = APIRouter()

# One for the process: the key is the sites' ids, which no two databases have in common.
_SHARED = SharedCounts()

QueueQuery = Annotated[Queue, Query(alias="queue", description="Which one.")]
SortQuery = Annotated[Sort, Query(alias="sort", description="Its order; `recent` has its own.")]


@router.get("/queues", responses=NOT_FOUND)
def read_counts(
    session: Transaction, who: CurrentModerator, site: SiteQuery = None
) -> list[QueueOut]:
    """Answer how many comments wait on each site, and since when."""
    return _counts(who, queue.waiting(session, site_ids(who, site)))


@router.get("/queue", responses=NOT_FOUND)
def read_queue(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    site: SiteQuery = None,
    name: QueueQuery = Queue.HELD,
    sort: SortQuery = Sort.PRIORITY,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> QueuePage:
    """List what waits, without what a colleague has in hand; or what was decided, newest first."""
    sites = site_ids(who, site)
    if name is Queue.RECENT:
        before = Cursor.decode(cursor).after if cursor else None
        chosen = queue.recent(session, sites, before=before, limit=limit + 1)
        ids = dict.fromkeys(choice.comment_id for choice in chosen[:limit])
        here = queries.comments_of(session, sites, list(ids))
        more = Cursor(chosen[limit - 1].id).encode() if len(chosen) > limit else None
    else:
        after = Place.decode(cursor) if cursor else None
        found = queue.page(
            session,
            sites,
            who.moderator,
            queue=name,
            sort=sort,
            after=after,
            limit=limit + 1,
            now=now,
        )
        here = found[:limit]
        more = Place.of(here[-1]).encode() if len(found) > limit else None
    return QueuePage(as_of=now, items=out(cards(session, here, now=now), who), next=more)


@router.get("/changes", responses=NOT_FOUND)
def read_changes(
    *,
    session: Transaction,
    now: Now,
    who: WatchingModerator,
    since: Annotated[
        AwareDatetime, Query(description="`as_of` of the list that is on the screen.")
    ],
    comments: Annotated[
        list[UUID] | None, Query(max_length=100, description="Those on the screen.")
    ] = None,
    site: SiteQuery = None,
) -> ChangesOut:
    """Answer what a page asks every few seconds. It does not keep the session from ending.

    The counts may be a second old: pages that watch the same sites share them.
    """
    sites = site_ids(who, site)
    found = standing.standings(session, who.moderator, who.site_ids, comments or [], now=now)
    return ChangesOut(
        as_of=now,
        queues=_counts(who, _SHARED.of(session, sites)),
        arrived=standing.arrived(session, sites, who.moderator, since=since, now=now),
        comments=[StandingOut.model_validate(each, from_attributes=True) for each in found],
        pace=PaceOut.model_validate(
            standing.pace(session, who.moderator, now=now), from_attributes=True
        ),
    )


@router.get("/comments/{comment_id}", responses=NOT_FOUND)
def read_comment(
    comment_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> CardOut:
    """Answer one comment, whatever its status."""
    comment = queries.comment_of(session, who.site_ids, comment_id)
    return out(cards(session, [comment], now=now), who)[0]


@router.get("/comments/{comment_id}/evidence", responses=NOT_FOUND)
def read_evidence(
    comment_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> EvidenceOut:
    """Answer all that bears on a comment: scores, thread, author, trail."""
    comment = queries.comment_of(session, who.site_ids, comment_id)
    found = evidence(session, comment, now=now)
    return EvidenceOut.of(found, out([found.card], who)[0])


@router.get("/comments/{comment_id}/highlights", responses=NOT_FOUND)
def read_highlights(
    comment_id: UUID, request: Request, session: Transaction, now: Now, who: CurrentModerator
) -> list[HighlightOut]:
    """Answer which pieces of the text carried the scores, by the classifier that is live now.

    Nothing is answered where the classifier cannot explain itself, or has not scored the text.
    """
    comment = queries.comment_of(session, who.site_ids, comment_id)
    classifier = request.app.state.classifier
    if not isinstance(classifier, Explainer):
        return []
    found = highlights(classifier, comment.body, evidence(session, comment, now=now).scores)
    return [HighlightOut.model_validate(each, from_attributes=True) for each in found]


@router.get("/comments/{comment_id}/history", responses=NOT_FOUND)
def read_history(comment_id: UUID, session: Transaction, who: CurrentModerator) -> list[StepOut]:
    """Answer the trail of decisions, oldest first, with what was undone or void."""
    queries.comment_of(session, who.site_ids, comment_id)
    return [
        StepOut.model_validate(step, from_attributes=True) for step in trail(session, comment_id)
    ]


@router.get("/sites/{site}/reasons", responses=NOT_FOUND)
def read_reasons(site: str, who: CurrentModerator) -> list[RejectReasonOut]:
    """List the reasons for which the site rejects, in the order of their keys."""
    return [RejectReasonOut.of(each) for each in reasons.of_site(who.site(site).reject_reasons)]


def _counts(who: SignedIn, found: Sequence[Waiting]) -> list[QueueOut]:
    names = slugs(who)
    return [
        QueueOut(
            queue=each.queue,
            site=names[each.site_id],
            count=each.count,
            oldest_at=each.oldest_at,
        )
        for each in found
    ]
