from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.appeals import actions as appeals
from service.appeals.tables import Appeal
from service.comments.status import Status
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.errors import CommentWithdrawn
from service.reports import closing
from service.reports.tables import Notice, Report
from service.review import actions, aftermath, notes
from service.review.actions import Wish
from service.review.tables import Choice, LogPlace, Note, SearchWord
from service.sites.reader_language import ReaderLanguage
from tests.factories.published import stored_decided_comment
from tests.factories.review import stored_desk, stored_held_comment
from tests.service.reports.saying import a_notice, a_report

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


def test_what_readers_and_authors_wrote_goes_with_the_text(session: Session, now: datetime) -> None:
    desk = stored_desk(session, now=now)
    colleague = stored_desk(session, site=desk.site, now=now).moderator
    gone, kept = (stored_decided_comment(session, desk.site, now=now) for _ in range(2))
    for comment in (gone, kept):
        a_report(session, comment, 1, now, words="It says so and so.")
        notice = a_notice(session, comment, now)
        closing.answer_notice(
            session, notice, acted=True, answer="«So.»", moderator_id=colleague.id, now=now
        )
        appealed = appeals.appeal(
            session,
            comment,
            "I said so and so.",
            language=ReaderLanguage.KAZAKH,
            now=now,
            window=timedelta(days=1),
        )
        appealed.answer = "You did."
    decisions.withdraw(session, gone, now=now)
    aftermath.read_on(session, now=now + LATER)
    session.expire_all()
    written = {
        *session.execute(select(Report.comment_id, Report.words)),
        *session.execute(select(Notice.comment_id, Notice.law + Notice.explanation)),
        *session.execute(select(Notice.comment_id, Notice.answer)),
        *session.execute(select(Appeal.comment_id, Appeal.text)),
        *session.execute(select(Appeal.comment_id, Appeal.answer)),
    }
    assert {text for which, text in written if which == gone.id} == {None, ""}
    assert {bool(text) for which, text in written if which == kept.id} == {True}


def test_nothing_is_written_about_a_withdrawn_comment(session: Session, now: datetime) -> None:
    desk = stored_desk(session, now=now)
    comment = stored_decided_comment(session, desk.site, now=now)
    notice = a_notice(session, comment, now)
    decisions.withdraw(session, comment, now=now)
    with pytest.raises(CommentWithdrawn):
        notes.about_comment(session, desk.moderator, comment, "It said so and so.", now=now)
    for acted in (True, False):
        with pytest.raises(CommentWithdrawn):
            closing.answer_notice(
                session, notice, acted=acted, answer="So.", moderator_id=desk.moderator.id, now=now
            )


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
