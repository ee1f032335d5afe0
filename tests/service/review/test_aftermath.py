from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.db import Database
from service.decisions import actions as decisions
from service.review import actions, aftermath, notes
from service.review.actions import Wish
from service.review.tables import Choice, LogPlace, Note, SearchWord
from tests.factories.review import stored_desk, stored_held_comment

LATER = timedelta(minutes=2)


def _words(session: Session) -> set[str]:
    return set(session.scalars(select(SearchWord.word)))


def test_words_are_known_a_while_after_the_decision_and_read_once(
    session: Session, now: datetime
) -> None:
    desk = stored_desk(session, now=now)
    stored_held_comment(session, desk.site, body="Lorem.", now=now)
    assert aftermath.read_on(session, now=now) == 0
    assert "lorem" not in _words(session)
    assert aftermath.read_on(session, now=now + LATER) == 1
    assert "lorem" in _words(session)
    assert aftermath.read_on(session, now=now + LATER) == 0


def test_what_moderators_wrote_goes_with_the_text(session: Session, now: datetime) -> None:
    desk = stored_desk(session, now=now)
    gone, kept = (
        stored_held_comment(session, desk.site, body=body, now=now) for body in ("A", "B")
    )
    for comment in (gone, kept):
        notes.about_comment(session, desk.moderator, comment, "It says so and so.", now=now)
        wish = Wish(Status.REJECTED, revision=1, reason="spam", note="«So and so» again.")
        actions.decide(
            session,
            desk.moderator,
            desk.site_ids,
            comment.id,
            wish,
            now=now,
            window=timedelta(0),
        )
    decisions.withdraw(session, gone, now=now)
    aftermath.read_on(session, now=now + LATER)
    assert list(session.scalars(select(Note.comment_id))) == [kept.id]
    left = session.execute(select(Choice.comment_id, Choice.note)).all()
    assert {which: note for which, note in left} == {  # noqa: C416 - rows are no pairs to mypy
        gone.id: None,
        kept.id: "«So and so» again.",
    }


@contextmanager
def _being_read(database: Database, now: datetime) -> Iterator[None]:
    with database.transaction() as session:
        aftermath.read_on(session, now=now)
        yield


def test_nobody_reads_where_somebody_is_reading(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        stored_held_comment(session, desk.site, body="Lorem.", now=now)
        session.add(LogPlace(reader=aftermath.READER, decision_id=0))
    with _being_read(database, now + LATER), database.transaction() as session:
        assert aftermath.read_on(session, now=now + LATER) == 0
    with database.transaction() as session:
        assert "lorem" in _words(session)
