from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions import queries as trail
from service.moderators.tables import Moderator
from service.reports import closing, queries
from service.reports.errors import NoticeAnswered, WordsUnfit
from service.reports.reason import NoticeState, Resolution
from service.reports.tables import Notice, Report
from service.sites import reasons
from tests.service.reports.saying import a_notice, a_report, decide

KEPT = timedelta(days=180)


STATES = {Status.APPROVED: NoticeState.NOT_ACTED, Status.REJECTED: NoticeState.ACTED}


@pytest.mark.parametrize("status", STATES)
def test_a_decision_answers_every_notice_that_waits(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    now: datetime,
    status: Status,
) -> None:
    notices = [a_notice(session, comment, now) for _ in range(2)]
    decide(session, comment, status, moderator, now)
    assert [each.state for each in notices] == [STATES[status]] * 2
    assert {each.decided_by for each in notices} == {moderator.id}
    assert session.execute(queries.waiting_notices()).all() == []


def test_to_act_on_a_notice_rejects_the_comment_on_the_ground_of_the_law(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    now: datetime,
) -> None:
    a_report(session, comment, 1, now)
    notice = a_notice(session, comment, now)
    closing.answer_notice(
        session, notice, acted=True, answer=None, moderator_id=moderator.id, now=now
    )
    assert comment.status is Status.REJECTED
    newest = trail.history(session, comment.id)[-1]
    assert (newest.reason, newest.moderator_id) == (reasons.ILLEGAL.code, moderator.id)
    assert "Criminal Code, article 174" in newest.reasons[0]["sentence"]
    assert notice.state is NoticeState.ACTED
    session.expire_all()
    assert session.scalars(select(Report.resolution)).one() is Resolution.UPHELD


def test_the_law_that_a_notice_named_goes_when_the_comment_is_withdrawn(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    now: datetime,
) -> None:
    notice = a_notice(session, comment, now)
    closing.answer_notice(
        session, notice, acted=True, answer=None, moderator_id=moderator.id, now=now
    )
    decisions.withdraw(session, comment, now=now)
    kept = [
        each["sentence"] for step in trail.history(session, comment.id) for each in step.reasons
    ]
    assert not any("Criminal Code" in sentence for sentence in kept)


def test_not_to_act_needs_a_reason_and_leaves_the_comment_published(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    now: datetime,
) -> None:
    notice = a_notice(session, comment, now)
    with pytest.raises(WordsUnfit):
        closing.answer_notice(
            session, notice, acted=False, answer=" ", moderator_id=moderator.id, now=now
        )
    closing.answer_notice(
        session,
        notice,
        acted=False,
        answer="It quotes a law, and calls for nothing.",
        moderator_id=moderator.id,
        now=now,
    )
    assert (notice.state, comment.status) == (NoticeState.NOT_ACTED, Status.APPROVED)
    with pytest.raises(NoticeAnswered):
        closing.answer_notice(
            session, notice, acted=True, answer=None, moderator_id=moderator.id, now=now
        )


def test_when_one_notice_is_answered_the_next_on_the_comment_stands_in_the_queue(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    now: datetime,
) -> None:
    first, second, _ = [a_notice(session, comment, now) for _ in range(3)]
    closing.answer_notice(
        session, first, acted=False, answer="No.", moderator_id=moderator.id, now=now
    )
    [row] = session.execute(queries.waiting_notices())
    assert row.item_id == second.id


def test_what_waits_on_a_withdrawn_comment_ends_by_itself(
    session: Session,
    comment: Comment,
    now: datetime,
) -> None:
    a_report(session, comment, 1, now)
    notice = a_notice(session, comment, now)
    decisions.withdraw(session, comment, now=now)
    closing.tidy(session, reports_kept=KEPT, contacts_kept=KEPT, networks_kept=KEPT, now=now)
    session.expire_all()
    assert session.scalars(select(Report.resolution)).one() is Resolution.MOOT
    assert notice.state is NoticeState.MOOT


def test_reports_and_contacts_go_when_they_have_been_kept_long_enough(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    now: datetime,
) -> None:
    a_report(session, comment, 1, now)
    notice = a_notice(session, comment, now)
    decide(session, comment, Status.APPROVED, moderator, now)
    a_report(session, comment, 2, now)
    waiting = a_notice(session, comment, now)
    for days, reports, contact in [(180, 2, "malika@news.example"), (181, 1, None)]:
        later = now + timedelta(days=days)
        closing.tidy(session, reports_kept=KEPT, contacts_kept=KEPT, networks_kept=KEPT, now=later)
        session.expire_all()
        assert len(session.scalars(select(Report)).all()) == reports
        assert session.get_one(Notice, notice.id).contact == contact
    assert waiting.contact == "malika@news.example", "still to be answered"


def test_the_networks_of_reports_are_forgotten_in_time_and_count_as_one_then(
    session: Session, comment: Comment, now: datetime
) -> None:
    by_name = a_report(session, comment, 1, now, network=9)
    by_network_alone = a_report(session, comment, 2, now, network=2)
    month = timedelta(days=30)
    a_report(session, comment, 3, now + month, network=3)
    for later, known in [(month, 3), (month + timedelta(seconds=1), 1)]:
        closing.tidy(
            session, reports_kept=KEPT, contacts_kept=KEPT, networks_kept=month, now=now + later
        )
        networks = session.scalars(select(Report.reader_network)).all()
        assert len([each for each in networks if each]) == known
    session.refresh(by_name)
    assert by_name.reporter == bytes([1]) * 16
    session.refresh(by_network_alone)
    assert by_network_alone.reporter == by_network_alone.id.bytes, "it stood for the network"
