"""Claiming and deciding as JSON."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, status

from service.comments.status import Status
from service.moderators.auth import CurrentModerator
from service.moderators.errors import PersonNeeded
from service.moderators.http import Responses, site_ids
from service.moderators.queries import SignedIn
from service.request import AppSettings, Now, Transaction
from service.review import actions, claims, escalations, queries
from service.review.http import NOT_FOUND, seen
from service.review.queue_names import Queue
from service.review.schemas import (
    CardOut,
    ChoiceOut,
    ClaimsIn,
    DecisionIn,
    EscalationIn,
    KeepIn,
    KeptOut,
)
from service.review.tables import Choice

router = APIRouter()

_LEFT_TO_LEAD: Responses = {
    403: {"description": "`left_to_lead`, `role_too_low`, `own_decision`, `foreign_request`"}
}
_ESCALATING = NOT_FOUND | {
    409: {"description": "`claimed_by_another`, `decided_meanwhile`, `not_held`"}
}
_CLAIMING: Responses = {
    **NOT_FOUND,
    **_LEFT_TO_LEAD,
    409: {
        "description": "`claimed_by_another`, `decided_meanwhile`, `not_held`, `not_waiting`, "
        "`too_many_claims`"
    },
}
# Who appeals, or gives a notice, is owed the word of a person.
_FOR_PERSONS: Final = frozenset({Queue.APPEALS, Queue.NOTICES})
_DECIDING: Responses = {
    **NOT_FOUND,
    403: {
        "description": "`left_to_lead`, `role_too_low`, `own_decision`, `person_needed`, "
        "`foreign_request`"
    },
    409: {
        "description": "`decided_meanwhile`, `edited_meanwhile`, `withdrawn_meanwhile`, "
        "`claimed_by_another`, `not_held`, `not_waiting`"
    },
}


@router.get("/claims")
def read_claims(session: Transaction, now: Now, who: CurrentModerator) -> list[CardOut]:
    """List the comments that one has in hand oneself."""
    ids = claims.mine(session, who.moderator, now=now)
    found = queries.comments_of(session, who.site_ids, ids)
    return seen(session, found, who, now=now)


@router.post("/claims", responses=NOT_FOUND | {409: {"description": "`too_many_claims`"}})
def claim_next(
    sent: ClaimsIn, session: Transaction, settings: AppSettings, now: Now, who: CurrentModerator
) -> list[CardOut]:
    """Take the first free comments of a queue in hand; nobody else gets them while the lease runs.

    The answer is empty when nothing waits.
    """
    sites = site_ids(who, sent.site)
    taken = claims.claim_some(
        session,
        who.moderator,
        sites,
        queue=sent.queue,
        count=sent.count,
        most=settings.review.claims_max,
        now=now,
        lease=settings.review.lease,
    )
    return seen(session, taken, who, now=now)


@router.put("/claims")
def keep(
    sent: KeepIn, session: Transaction, settings: AppSettings, now: Now, who: CurrentModerator
) -> list[KeptOut]:
    """Take these comments in hand, or keep them for another lease; each has its own answer."""
    taken, refused = claims.claim_each(
        session,
        who.moderator,
        who.site_ids,
        sent.comments,
        queue=sent.queue,
        most=settings.review.claims_max,
        now=now,
        lease=settings.review.lease,
    )
    found = queries.comments_of(session, who.site_ids, taken)
    by_id = {card.id: card for card in seen(session, found, who, now=now)}
    return [
        KeptOut(
            comment_id=comment_id,
            card=by_id.get(comment_id),
            code=refused[comment_id].code if comment_id in refused else None,
            detail=refused[comment_id].detail if comment_id in refused else None,
        )
        for comment_id in dict.fromkeys(sent.comments)
    ]


@router.put("/claims/{comment_id}", responses=_CLAIMING)
def claim_one(
    comment_id: UUID,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: CurrentModerator,
    queue: Annotated[Queue, Query(description="Where it waits.")] = Queue.HELD,
) -> CardOut:
    """Take this comment in hand, or keep it for another lease."""
    claims.claim(
        session,
        who.moderator,
        who.site_ids,
        comment_id,
        queue=queue,
        most=settings.review.claims_max,
        now=now,
        lease=settings.review.lease,
    )
    comment = queries.comment_of(session, who.site_ids, comment_id)
    return seen(session, [comment], who, now=now)[0]


@router.delete("/claims", status_code=status.HTTP_204_NO_CONTENT)
def release_all(session: Transaction, who: CurrentModerator) -> None:
    """Give back everything that one has in hand."""
    claims.release_all(session, who.moderator.id)


@router.delete("/claims/{comment_id}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
def release(comment_id: UUID, session: Transaction, who: CurrentModerator) -> None:
    """Give the comment back."""
    queries.comment_of(session, who.site_ids, comment_id)
    claims.release(session, who.moderator, comment_id)


@router.post(
    "/comments/{comment_id}/decisions", status_code=status.HTTP_201_CREATED, responses=_DECIDING
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

    It can be undone until `settles_at`; only then the comment moves, the site is told, and what
    waited in `queue` is answered. Appeals and notices are for persons: no program answers them.
    """
    if sent.queue in _FOR_PERSONS and who.scopes is not None:
        raise PersonNeeded
    wish = actions.Wish(
        status=Status(sent.status.value),
        revision=sent.revision,
        reason=sent.reason,
        note=sent.note,
        replaces=sent.replaces,
        queue=sent.queue,
        answer=sent.answer,
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
    return _own(choice, who)


@router.post(
    "/decisions/{decision_id}/undo",
    responses={
        404: {"description": "`decision_not_found`"},
        409: {"description": "`undo_too_late`"},
    },
)
def undo(decision_id: UUID, session: Transaction, now: Now, who: CurrentModerator) -> ChoiceOut:
    """Take a decision of one's own back before it has left the house."""
    return _own(actions.undo(session, who.moderator, decision_id, now=now), who)


@router.put(
    "/comments/{comment_id}/escalation",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=_ESCALATING,
)
def escalate(
    comment_id: UUID, sent: EscalationIn, session: Transaction, now: Now, who: CurrentModerator
) -> None:
    """Leave the comment to a lead: it moves to the queue `escalated`."""
    escalations.escalate(session, who.moderator, who.site_ids, comment_id, note=sent.note, now=now)


@router.delete(
    "/comments/{comment_id}/escalation",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=NOT_FOUND,
)
def take_back(comment_id: UUID, session: Transaction, who: CurrentModerator) -> None:
    """Put one's own escalation back into the common queue."""
    escalations.take_back(session, who.moderator, who.site_ids, comment_id)


def _own(choice: Choice, who: SignedIn) -> ChoiceOut:
    return ChoiceOut.of(choice, by=who.moderator.name, is_mine=True)
