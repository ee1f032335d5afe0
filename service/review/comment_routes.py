"""One comment as JSON: its card, its evidence, its trail."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.moderators.auth import CurrentModerator
from service.moderators.queries import SignedIn
from service.request import Now, Transaction
from service.review import claims, queries
from service.review.evidence import evidence
from service.review.evidence_schemas import EvidenceOut, StepOut
from service.review.http import NOT_FOUND, seen
from service.review.schemas import CardOut
from service.review.trail import trail

router = APIRouter(prefix="/comments/{comment_id}")


@router.get("", responses=NOT_FOUND)
def read_comment(
    comment_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> CardOut:
    """Answer one comment, whatever its status."""
    comment = queries.comment_of(session, who.site_ids, comment_id)
    return seen(session, [comment], who, now=now)[0]


@router.get("/evidence", responses=NOT_FOUND)
def read_evidence(
    comment_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> EvidenceOut:
    """Answer all that bears on a comment: scores, words, thread, policy, author, notes, trail.

    While one has it in hand from the audit, only what does not say how it was judged.
    """
    comment = queries.comment_of(session, who.site_ids, comment_id)
    found = evidence(session, comment, now=now)
    card = seen(session, [comment], who, now=now)[0]
    return EvidenceOut.of(found, card, who)


@router.get("/history", responses=NOT_FOUND)
def read_history(
    comment_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> list[StepOut]:
    """Answer the trail of decisions, oldest first, with what was undone or void."""
    comment = queries.comment_of(session, who.site_ids, comment_id)
    if _is_blind(session, comment, who, now=now):
        return []
    return [
        StepOut.model_validate(step, from_attributes=True) for step in trail(session, comment_id)
    ]


def _is_blind(session: Session, comment: Comment, who: SignedIn, *, now: Now) -> bool:
    return bool(claims.taken_blind(session, who.moderator, [comment.id], now=now))
