"""What a moderator would rather leave to a lead."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.moderators.tables import Moderator
from service.review import claims, queries
from service.review.errors import ClaimedByAnother
from service.review.tables import Claim, Escalation


def escalate(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    comment_id: UUID,
    *,
    note: str | None,
    now: datetime,
) -> None:
    """Take the comment out of the common queue and leave it to a lead; twice is no error.

    Raises:
        CommentNotFound: there is none on these sites.
        NotHeld, DecidedMeanwhile: there is nothing left to decide.
        ClaimedByAnother: a colleague has it in hand.
    """
    comment = queries.lock_undecided(session, site_ids, comment_id)
    claim = session.get(Claim, comment_id, populate_existing=True)
    if claim is not None and claim.moderator_id != moderator.id and claim.expires_at > now:
        raise ClaimedByAnother(claims.holder(session, comment_id))
    session.execute(
        insert(Escalation)
        .values(
            comment_id=comment_id,
            site_id=comment.site_id,
            moderator_id=moderator.id,
            note=note,
            escalated_at=now,
        )
        .on_conflict_do_nothing(index_elements=["comment_id"])
    )
    claims.release(session, moderator, comment_id)


def take_back(
    session: Session, moderator: Moderator, site_ids: Sequence[UUID], comment_id: UUID
) -> None:
    """Put one's own escalation back into the common queue; it may be gone already.

    Raises:
        CommentNotFound: there is no such comment on these sites.
    """
    queries.comment_of(session, site_ids, comment_id)
    session.execute(
        delete(Escalation).where(
            Escalation.comment_id == comment_id, Escalation.moderator_id == moderator.id
        )
    )
