"""From which network a comment came is known for a while, and forgotten then."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.comments.tables import Comment

AT_ONCE: Final = 5_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BITS_BELOW_TIME: Final = 80


def forget(session: Session, *, kept: timedelta, now: datetime) -> int:
    """Forget the networks of comments that were sent longer ago than ``kept``; return how many.

    The oldest first, ``AT_ONCE`` at most. One that somebody decides just now is left for next time.
    """
    oldest = (
        select(Comment.id)
        .where(Comment.reader_network.is_not(None), Comment.id < _first_id_of(now - kept))
        .order_by(Comment.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    )
    forgotten = update(Comment).where(Comment.id.in_(oldest)).values(reader_network=None)
    forgotten = forgotten.execution_options(synchronize_session=False)
    return len(session.scalars(forgotten.returning(Comment.id)).all())


def _first_id_of(at: datetime) -> UUID:
    """Return the least id that a comment of that time can have: ids begin with their time."""
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << _BITS_BELOW_TIME)
