"""What follows from decisions a while after they were made, read from their log in its order.

The words of decided comments go into the vocabulary of the search; what people wrote about a
withdrawn comment is erased, for it may quote it. Who decided need not wait for either.
"""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.appeals import actions as appeals
from service.comments.status import Status
from service.decisions.tables import Decision
from service.reports import closing as reports
from service.review import notes, vocabulary
from service.review.tables import Choice, LogPlace

READER: Final = "aftermath"
# Numbers are given before the transaction ends, so a smaller one may come later, but not by more
# than a transaction lasts.
BEHIND: Final = timedelta(minutes=1)
_READ_AT_ONCE: Final = 1_000


def read_on(session: Session, *, now: datetime) -> int:
    """Do what follows from the next decisions; return how many were read.

    Nobody reads where somebody else is reading.
    """
    place = _place(session)
    if place is None:
        return 0
    following = (
        select(Decision.id, Decision.comment_id, Decision.status, Decision.decided_at)
        .where(Decision.id > place.decision_id)
        .order_by(Decision.id)
        .limit(_READ_AT_ONCE)
    )
    # Up to the first that is too new, and not over it: who skips it never comes back.
    rows = list(takewhile(lambda row: row.decided_at < now - BEHIND, session.execute(following)))
    if not rows:
        return 0
    withdrawn = {which for _, which, status, _ in rows if status is Status.WITHDRAWN}
    read = {which for _, which, *_ in rows} - withdrawn
    vocabulary.learn(session, read, now=now)
    _erase(session, withdrawn)
    place.decision_id = rows[-1][0]
    session.flush()
    return len(rows)


def _place(session: Session) -> LogPlace | None:
    mine = select(LogPlace).where(LogPlace.reader == READER)
    found: LogPlace | None = session.scalar(
        mine.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    if found is None and session.scalar(mine) is None:
        first = insert(LogPlace).values(reader=READER, decision_id=0)
        found = session.scalar(first.on_conflict_do_nothing().returning(LogPlace))
    return found


def _erase(session: Session, comment_ids: set[UUID]) -> None:
    if not comment_ids:
        return
    notes.forget_about(session, comment_ids)
    appeals.forget_about(session, comment_ids)
    reports.forget_about(session, comment_ids)
    session.execute(
        update(Choice)
        .where(Choice.comment_id.in_(comment_ids))
        .values(note=None, answer=None)
        .execution_options(synchronize_session=False)
    )
