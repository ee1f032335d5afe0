"""What a moderator would rather leave to a lead.

It waits for a lead as long as the comment is held, and while an edit of it is being decided: a text
that is held again still waits for the lead. A moderator's decision ends it when it settles; where
the policy or the site moved the comment, `forget_ended` does, which the sweep calls.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.comments import news
from service.comments.status import Status
from service.comments.tables import Comment
from service.moderators.tables import Moderator
from service.review import claims, queries, surroundings
from service.review.tables import Escalation


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
    around = surroundings.look(session, moderator, site_ids, [comment_id])
    comment = around.comment(comment_id)
    around.check_held(comment)
    around.own_claim(comment, now=now)
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
    news.tell(session, news.Kind.CHANGED, {comment.site_id: [comment_id]})


def take_back(
    session: Session, moderator: Moderator, site_ids: Sequence[UUID], comment_id: UUID
) -> None:
    """Put one's own escalation back into the common queue; it may be gone already.

    Raises:
        CommentNotFound: there is no such comment on these sites.
    """
    comment = queries.comment_of(session, site_ids, comment_id)
    session.execute(
        delete(Escalation).where(
            Escalation.comment_id == comment_id, Escalation.moderator_id == moderator.id
        )
    )
    news.tell(session, news.Kind.CHANGED, {comment.site_id: [comment_id]})


def forget_ended(session: Session) -> None:
    """Forget the escalations of comments that stand decided or are withdrawn.

    The comments are locked first, so that none is held and left to a lead again meanwhile.
    """
    ended = (
        select(Comment.id)
        .join(Escalation, Escalation.comment_id == Comment.id)
        .where(Comment.status.not_in([Status.HELD, Status.PENDING]))
        .order_by(Comment.id)
        .with_for_update(of=Comment, skip_locked=True, key_share=True)
    )
    ids = session.scalars(ended).all()
    session.execute(delete(Escalation).where(Escalation.comment_id.in_(ids)))
