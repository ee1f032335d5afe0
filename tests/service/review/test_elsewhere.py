from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from service.appeals import actions as appeals
from service.appeals import queries as appealed
from service.appeals.errors import OwnDecision
from service.appeals.outcome import AppealState
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions import queries as decided
from service.decisions.tables import Actor
from service.errors import ModerationError
from service.moderators.errors import RoleTooLow
from service.moderators.tables import Role
from service.reports import actions as reports
from service.reports import queries as reported
from service.reports.reason import NoticeState, ReportReason
from service.review import actions, claims, counts, elsewhere, queries, settling
from service.review.actions import Wish
from service.review.errors import ClaimedByAnother, DecidedMeanwhile, NotHeld, NotWaiting
from service.review.queue_names import Queue
from service.review.tables import ChoiceState
from service.review.waits import waits
from service.sites.reader_language import ReaderLanguage
from tests.factories.comments import stored_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_score
from tests.service.reports.saying import a_notice, a_report

LEASE, WINDOW, MOST = timedelta(minutes=2), timedelta(seconds=8), 20
AT_ONCE, HALF_A_YEAR = timedelta(0), timedelta(days=180)


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


def _published(session: Session, desk: Desk, now: datetime) -> Comment:
    """Store a comment that the policy approved."""
    comment = stored_comment(session, desk.site)
    decisions.record(session, comment, Status.APPROVED, actor=Actor.POLICY, reason="clear", now=now)
    return comment


def _report(session: Session, comment: Comment, now: datetime, *, by: bytes = b"one") -> None:
    reports.report(
        session,
        comment,
        reason=ReportReason.INSULT,
        words="Rude.",
        reporter=by,
        reader_network=by,
        now=now,
    )


def _listed(session: Session, desk: Desk, queue: Queue, now: datetime) -> list[Comment]:
    found = elsewhere.page(session, desk.site_ids, desk.moderator, queue=queue, limit=50, now=now)
    return [each.comment for each in found]


def _count(session: Session, desk: Desk, queue: Queue) -> int:
    found = {each.queue: each for each in counts.waiting(session, desk.site_ids)}
    return found[queue].as_seen_by(desk.moderator.id).count


def _wish(session: Session, comment: Comment, status: Status, queue: Queue) -> Wish:
    newest = queries.newest_decision_ids(session, [comment.id])[comment.id]
    reason = "insult" if status is Status.REJECTED else None
    return Wish(status, revision=1, reason=reason, replaces=newest, queue=queue)


def _decide(
    session: Session,
    desk: Desk,
    comment: Comment,
    wish: Wish,
    now: datetime,
    *,
    window: timedelta = AT_ONCE,
) -> None:
    actions.decide(session, desk.moderator, desk.site_ids, comment.id, wish, now=now, window=window)


def test_a_reported_comment_waits_though_readers_see_it(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _published(session, desk, now)
    _published(session, desk, now)
    assert (_listed(session, desk, Queue.REPORTED, now), _count(session, desk, Queue.REPORTED)) == (
        [],
        0,
    )
    for reporter in (b"one", b"two"):
        _report(session, comment, now, by=reporter)
    assert _listed(session, desk, Queue.REPORTED, now) == [comment]
    assert _count(session, desk, Queue.REPORTED) == 1
    found = waits(session, [comment.id])[comment.id].reported
    assert found is not None
    assert (found.count, found.said[0].words) == (2, "Rude.")


def test_to_keep_a_reported_comment_confirms_the_decision_and_dismisses_the_reports(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _published(session, desk, now)
    _report(session, comment, now)
    wish = _wish(session, comment, Status.APPROVED, Queue.REPORTED)
    _decide(session, desk, comment, wish, now, window=WINDOW)
    assert _listed(session, desk, Queue.REPORTED, now) == []
    assert reported.about_reports(session, [comment.id]), "until the window is over"
    settling.settle_due(session, now=now + WINDOW)
    assert not reported.about_reports(session, [comment.id])
    steps = [(step.status, step.actor) for step in decided.history(session, comment.id)]
    assert steps == [(Status.APPROVED, Actor.POLICY), (Status.APPROVED, Actor.MODERATOR)]


def test_undoing_leaves_the_reports_open(session: Session, desk: Desk, now: datetime) -> None:
    comment = _published(session, desk, now)
    _report(session, comment, now)
    wish = _wish(session, comment, Status.REJECTED, Queue.REPORTED)
    args = (session, desk.moderator, desk.site_ids, comment.id, wish)
    choice = actions.decide(*args, now=now, window=WINDOW)
    actions.undo(session, desk.moderator, choice.id, now=now)
    settling.settle_due(session, now=now + WINDOW)
    assert _listed(session, desk, Queue.REPORTED, now + timedelta(hours=1)) == [comment]


def test_what_waits_nowhere_is_neither_taken_nor_decided_there(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _published(session, desk, now)
    for queue in (Queue.REPORTED, Queue.NOTICES, Queue.APPEALS):
        with pytest.raises(NotWaiting):
            claims.claim(
                session,
                desk.moderator,
                desk.site_ids,
                comment.id,
                queue=queue,
                most=MOST,
                now=now,
                lease=LEASE,
            )
        with pytest.raises(NotWaiting):
            _decide(session, desk, comment, _wish(session, comment, Status.APPROVED, queue), now)


def test_a_reported_comment_is_in_one_hand_at_a_time(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _published(session, desk, now)
    _report(session, comment, now)
    colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
    taken = claims.claim_some(
        session,
        desk.moderator,
        desk.site_ids,
        queue=Queue.REPORTED,
        count=5,
        most=MOST,
        now=now,
        lease=LEASE,
    )
    assert taken == [comment]
    assert _listed(session, colleague, Queue.REPORTED, now) == []
    with pytest.raises(ClaimedByAnother, match="Aziza"):
        _decide(
            session,
            colleague,
            comment,
            _wish(session, comment, Status.APPROVED, Queue.REPORTED),
            now,
        )
    with pytest.raises(NotHeld):
        claims.claim(
            session,
            desk.moderator,
            desk.site_ids,
            comment.id,
            most=MOST,
            now=now,
            lease=LEASE,
        )


def test_the_decision_that_was_not_seen_is_not_overturned(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _published(session, desk, now)
    _report(session, comment, now)
    with pytest.raises(DecidedMeanwhile):
        _decide(session, desk, comment, Wish(Status.APPROVED, 1, queue=Queue.REPORTED), now)


def test_a_notice_waits_and_is_answered_by_the_decision(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _published(session, desk, now)
    reports.give_notice(
        session,
        comment,
        law="Criminal Code, 139",
        explanation="It is slander.",
        good_faith=True,
        contact=None,
        language=ReaderLanguage.ENGLISH,
        now=now,
    )
    assert _listed(session, desk, Queue.NOTICES, now) == [comment]
    assert waits(session, [comment.id])[comment.id].notices[0].law == "Criminal Code, 139"
    _decide(session, desk, comment, _wish(session, comment, Status.REJECTED, Queue.NOTICES), now)
    assert _listed(session, desk, Queue.NOTICES, now) == []
    assert reported.about_notices(session, [comment.id]) == {}


def _appealed(session: Session, desk: Desk, now: datetime) -> Comment:
    """Store a comment that this moderator rejected, and whose author appealed."""
    comment = stored_held_comment(session, desk.site, now=now)
    _decide(session, desk, comment, Wish(Status.REJECTED, revision=1, reason="insult"), now)
    appeals.appeal(
        session,
        comment,
        "I quoted the minister.",
        language=ReaderLanguage.RUSSIAN,
        now=now,
        window=HALF_A_YEAR,
    )
    return comment


def test_what_came_after_the_choice_was_not_read_and_goes_on_waiting(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _published(session, desk, now)
    read = a_report(session, comment, 1, now), a_notice(session, comment, now)
    wish = _wish(session, comment, Status.APPROVED, Queue.NOTICES)
    _decide(session, desk, comment, wish, now, window=WINDOW)
    later = now + timedelta(seconds=1)
    unread = a_report(session, comment, 2, later), a_notice(session, comment, later)
    settling.settle_due(session, now=now + WINDOW)
    session.expire_all()
    assert read[0].resolved_at == now + WINDOW
    assert read[1].state is NoticeState.NOT_ACTED
    assert unread[0].resolved_at is None
    assert unread[1].state is NoticeState.WAITING
    for queue in (Queue.REPORTED, Queue.NOTICES):
        assert _listed(session, desk, queue, now + timedelta(hours=1)) == [comment]


def test_an_appeal_that_came_after_the_choice_is_not_decided_by_it(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_held_comment(session, desk.site, now=now)
    _decide(session, desk, comment, Wish(Status.REJECTED, revision=1, reason="insult"), now)
    lead = stored_desk(session, site=desk.site, name="Baurzhan", role=Role.LEAD, now=now)
    wish = _wish(session, comment, Status.REJECTED, Queue.HELD)
    _decide(session, lead, comment, wish, now, window=WINDOW)
    later = now + timedelta(seconds=1)
    appealed_ = appeals.appeal(
        session,
        comment,
        "I quoted the minister.",
        language=ReaderLanguage.RUSSIAN,
        now=later,
        window=HALF_A_YEAR,
    )
    settling.settle_due(session, now=now + WINDOW)
    session.refresh(appealed_)
    assert (appealed_.state, appealed_.decided_by) == (AppealState.WAITING, None)


def test_an_appeal_is_read_by_another_person(session: Session, desk: Desk, now: datetime) -> None:
    comment = _appealed(session, desk, now)
    colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
    wish = _wish(session, comment, Status.APPROVED, Queue.APPEALS)
    assert _listed(session, desk, Queue.APPEALS, now) == []
    assert _count(session, desk, Queue.APPEALS) == 0
    with pytest.raises(OwnDecision):
        _decide(session, desk, comment, wish, now)
    assert _listed(session, colleague, Queue.APPEALS, now) == [comment]
    assert _count(session, colleague, Queue.APPEALS) == 1
    _decide(session, colleague, comment, wish, now)
    session.refresh(comment)
    assert comment.status is Status.APPROVED
    assert decided.history(session, comment.id)[-1].actor is Actor.APPEAL
    assert _count(session, desk, Queue.APPEALS) == 0


def test_an_upheld_rejection_says_to_the_author_what_the_reader_wrote(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _appealed(session, desk, now)
    colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
    found = appealed.about(session, [comment.id])[comment.id]
    newest = queries.newest_decision_ids(session, [comment.id])[comment.id]
    wish = Wish(
        Status.REJECTED,
        revision=1,
        reason="insult",
        replaces=newest,
        queue=Queue.APPEALS,
        answer="Without a source it reads as your own words.",
    )
    _decide(session, colleague, comment, wish, now)
    session.refresh(found)
    assert found.answer == "Without a source it reads as your own words."
    assert found.decided_by == colleague.moderator.id


def _contradicted(session: Session, desk: Desk, now: datetime, insult: float) -> Comment:
    comment = stored_held_comment(session, desk.site, now=now)
    stored_score(session, comment, insult=insult, now=now)
    return comment


def test_a_decision_that_the_scores_speak_against_is_put_before_a_lead(
    session: Session, desk: Desk, now: datetime
) -> None:
    approved = _contradicted(session, desk, now, insult=0.97)
    _decide(session, desk, approved, Wish(Status.APPROVED, revision=1), now)
    alike = _contradicted(session, desk, now, insult=0.6)
    _decide(session, desk, alike, Wish(Status.APPROVED, revision=1), now)
    off_topic = _contradicted(session, desk, now, insult=0.01)
    _decide(session, desk, off_topic, Wish(Status.REJECTED, revision=1, reason="off-topic"), now)
    lead = stored_desk(session, site=desk.site, role=Role.LEAD, now=now)
    assert _listed(session, lead, Queue.DISAGREEMENT, now) == [approved]
    doubt = waits(session, [approved.id])[approved.id].doubt
    assert doubt is not None
    assert (doubt.by, doubt.disagreement.said) == ("Aziza", Status.APPROVED)
    assert doubt.disagreement.gap == pytest.approx(0.97)


def test_a_disagreement_is_settled_by_a_lead_and_not_opened_again(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _contradicted(session, desk, now, insult=0.97)
    _decide(session, desk, comment, Wish(Status.APPROVED, revision=1), now)
    wish = _wish(session, comment, Status.APPROVED, Queue.DISAGREEMENT)
    with pytest.raises(RoleTooLow):
        _decide(session, desk, comment, wish, now)
    lead = stored_desk(session, site=desk.site, role=Role.LEAD, now=now)
    _decide(session, lead, comment, wish, now)
    assert _listed(session, lead, Queue.DISAGREEMENT, now) == []


def test_the_same_decision_again_is_no_error(session: Session, desk: Desk, now: datetime) -> None:
    comment = _published(session, desk, now)
    _report(session, comment, now)
    wish = _wish(session, comment, Status.APPROVED, Queue.REPORTED)
    args = (session, desk.moderator, desk.site_ids, comment.id, wish)
    first, again = (actions.decide(*args, now=now, window=AT_ONCE) for _ in range(2))
    assert first.id == again.id
    assert first.state is ChoiceState.RECORDED


def test_a_withdrawn_comment_waits_nowhere(session: Session, desk: Desk, now: datetime) -> None:
    comment = _published(session, desk, now)
    _report(session, comment, now)
    decisions.withdraw(session, comment, now=now)
    assert _listed(session, desk, Queue.REPORTED, now) == []
    with pytest.raises(ModerationError):
        _decide(session, desk, comment, Wish(Status.APPROVED, 1, queue=Queue.REPORTED), now)


def test_the_queues_of_held_comments_are_no_business_of_others() -> None:
    with pytest.raises(ValueError, match="held comments"):
        elsewhere.rows(Queue.HELD)
