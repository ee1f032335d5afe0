"""What is known of an author: what became of the comments, sanctions, what colleagues noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.authors import queries as authors
from service.authors.tables import Author, Sanction
from service.comments.status import Status
from service.comments.tables import Comment
from service.review import notes
from service.review.notes import Noted

LATELY: Final = timedelta(days=30)
_RECENT_MOST: Final = 10


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What became of the author's comments in the last thirty days, and the newest of them."""

    author: Author
    approved: int
    rejected: int
    held: int
    recent: Sequence[Comment]
    sanction: Sanction | None
    notes: Sequence[Noted]


def author_record(
    session: Session, author: Author, *, but_for: Comment | None = None, now: datetime
) -> AuthorRecord:
    """Return what is known of the author; ``but_for`` is left out of the newest comments."""
    counted = session.execute(
        select(
            func.count().filter(Comment.status == Status.APPROVED),
            func.count().filter(Comment.status == Status.REJECTED),
            func.count().filter(Comment.status == Status.HELD),
        ).where(Comment.author_id == author.id, Comment.created_at > now - LATELY)
    ).one()
    newest = select(Comment).where(Comment.author_id == author.id)
    if but_for is not None:
        newest = newest.where(Comment.id != but_for.id)
    return AuthorRecord(
        author=author,
        approved=counted[0],
        rejected=counted[1],
        held=counted[2],
        recent=list(session.scalars(newest.order_by(Comment.id.desc()).limit(_RECENT_MOST))),
        sanction=authors.sanction_in_force(session, author.id, now=now),
        notes=notes.of_author(session, author.id),
    )
