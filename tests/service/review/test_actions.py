import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.comments.errors import CommentNotFound
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor, Decision
from service.decisions.waiting import REPORTED
from service.errors import Conflict
from service.review import actions, claims, settling
from service.review.actions import Wish
from service.review.errors import (
    ChoiceNotFound,
    ClaimedByAnother,
    DecidedMeanwhile,
    EditedMeanwhile,
    NotHeld,
    ReasonMissing,
    UndoTooLate,
    WithdrawnMeanwhile,
)
from service.review.tables import Choice, ChoiceState, Claim
from service.review.trail import trail
from service.webhooks.tables import Delivery, Endpoint
from tests.factories.comments import stored_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_site

LEASE = timedelta(minutes=2)
MOST = 500
WINDOW = timedelta(seconds=8)
AT_ONCE = timedelta(0)
APPROVE = Wish(Status.APPROVED, revision=1)
REJECT = Wish(Status.REJECTED, revision=1, reason="insult")


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


@pytest.fixture
def comment(session: Session, desk: Desk, now: datetime) -> Comment:
    return stored_held_comment(session, desk.site, now=now)


def _decide(
    session: Session,
    desk: Desk,
    comment: Comment,
    wish: Wish,
    *,
    now: datetime,
    window: timedelta = WINDOW,
) -> Choice:
    return actions.decide(
        session, desk.moderator, desk.site_ids, comment.id, wish, now=now, window=window
    )


def _decisions(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Decision)).one()


def test_a_rejection_keeps_who_why_and_the_sentence(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    wish = Wish(Status.REJECTED, revision=1, reason="insult", note="Again.")
    _decide(session, desk, comment, wish, now=now, window=AT_ONCE)
    step = trail(session, comment.id)[-1]
    assert comment.status is Status.REJECTED
    assert (step.actor, step.by, step.reason, step.note) == (
        Actor.MODERATOR,
        "Aziza",
        "insult",
        "Again.",
    )
    assert step.reasons == [
        {"code": "insult", "sentence": "The comment belittles a person or a group of people."}
    ]


def test_until_the_window_has_passed_nothing_has_left_the_house(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    url = "https://news.example/hooks"
    session.add(Endpoint(site_id=desk.site.id, url=url, secret="whsec_AAAA", created_at=now))  # noqa: S106
    _decide(session, desk, comment, APPROVE, now=now)
    before = now + WINDOW - timedelta(milliseconds=1)
    assert settling.settle_due(session, now=before) == 0
    assert (comment.status, comment.public_revision) == (Status.HELD, None)
    assert session.scalars(select(Delivery)).all() == []
    assert settling.settle_due(session, now=now + WINDOW) == 1
    assert (comment.status, comment.public_revision) == (Status.APPROVED, 1)
    assert [each.event for each in session.scalars(select(Delivery))] == ["comment.approved"]


def test_what_is_undone_never_left_and_stays_in_the_trail(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    choice = _decide(session, desk, comment, REJECT, now=now)
    later = now + timedelta(seconds=7)
    for _ in range(2):
        assert actions.undo(session, desk.moderator, choice.id, now=later) is choice
    assert settling.settle_due(session, now=now + WINDOW) == 0
    assert comment.status is Status.HELD
    assert [(step.status, step.state) for step in trail(session, comment.id)] == [
        (Status.HELD, ChoiceState.RECORDED),
        (Status.REJECTED, ChoiceState.UNDONE),
    ]
    assert _decide(session, desk, comment, APPROVE, now=later).state is ChoiceState.OPEN


def test_one_second_too_late_says_how_to_reverse_it(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    choice = _decide(session, desk, comment, REJECT, now=now)
    with pytest.raises(UndoTooLate):  # the window has passed, though nobody has settled it yet
        actions.undo(session, desk.moderator, choice.id, now=now + WINDOW)
    settling.settle_due(session, now=now + WINDOW)
    with pytest.raises(UndoTooLate, match=f"replaces: {choice.decision_id}"):
        actions.undo(session, desk.moderator, choice.id, now=now + WINDOW)
    again = Wish(Status.APPROVED, revision=1, replaces=choice.decision_id)
    _decide(session, desk, comment, again, now=now + WINDOW, window=AT_ONCE)
    assert comment.status is Status.APPROVED


def test_nobody_undoes_for_a_colleague(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    choice = _decide(session, desk, comment, REJECT, now=now)
    colleague = stored_desk(session, site=desk.site, now=now)
    with pytest.raises(ChoiceNotFound):
        actions.undo(session, colleague.moderator, choice.id, now=now)


def test_a_double_click_decides_once(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    first = _decide(session, desk, comment, REJECT, now=now)
    assert _decide(session, desk, comment, REJECT, now=now) is first
    settling.settle_due(session, now=now + WINDOW)
    assert _decide(session, desk, comment, REJECT, now=now + WINDOW) is first
    assert _decisions(session) == 2  # the policy's hold, and this one


def test_a_colleague_who_comes_second_is_told_who_was_first(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
    _decide(session, desk, comment, APPROVE, now=now)
    for at in (now, now + WINDOW):
        settling.settle_due(session, now=at)
        with pytest.raises(DecidedMeanwhile, match="approved already, by Aziza"):
            _decide(session, colleague, comment, REJECT, now=at)


def test_what_a_colleague_has_in_hand_is_the_colleagues(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
    claims.claim_next(session, colleague.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE)
    with pytest.raises(ClaimedByAnother, match="Baurzhan"):
        _decide(session, desk, comment, APPROVE, now=now)
    _decide(session, desk, comment, APPROVE, now=now + LEASE)  # not any more


@pytest.mark.parametrize("reason", [None, "", "rude", "INSULT"])
def test_a_rejection_without_a_reason_of_the_list_is_refused(
    session: Session, desk: Desk, comment: Comment, now: datetime, reason: str | None
) -> None:
    wish = Wish(Status.REJECTED, revision=1, reason=reason)
    with pytest.raises(ReasonMissing, match="insult, threat, hate"):
        _decide(session, desk, comment, wish, now=now)


def test_a_sites_own_reasons_replace_the_default_ones(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    desk.site.reject_reasons = [{"code": "house", "sentence": "Against the rules of the house."}]
    with pytest.raises(ReasonMissing, match="house"):
        _decide(session, desk, comment, REJECT, now=now)
    wish = Wish(Status.REJECTED, revision=1, reason="house")
    assert _decide(session, desk, comment, wish, now=now).reasons[0]["sentence"].startswith("Agai")


def test_a_text_that_was_not_on_the_screen_is_not_decided(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    decisions.edit(session, comment, "Something else.", now=now)
    with pytest.raises(EditedMeanwhile):
        _decide(session, desk, comment, APPROVE, now=now)


def test_what_was_withdrawn_is_not_decided(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    decisions.withdraw(session, comment, now=now)
    with pytest.raises(WithdrawnMeanwhile):
        _decide(session, desk, comment, APPROVE, now=now)


def test_what_has_no_score_yet_is_not_decided(session: Session, desk: Desk, now: datetime) -> None:
    pending = stored_comment(session, desk.site)
    with pytest.raises(NotHeld):
        _decide(session, desk, pending, APPROVE, now=now)


@pytest.mark.parametrize("change", ["edit", "withdraw"])
def test_a_text_that_changes_before_the_window_has_passed_makes_the_choice_void(
    session: Session, desk: Desk, comment: Comment, now: datetime, change: str
) -> None:
    choice = _decide(session, desk, comment, APPROVE, now=now)
    if change == "edit":
        decisions.edit(session, comment, "Something else.", now=now)
    else:
        decisions.withdraw(session, comment, now=now)
    stood = comment.status
    settling.settle_due(session, now=now + WINDOW)
    assert (choice.state, comment.status) == (ChoiceState.VOID, stood)


def test_a_persons_choice_outlasts_what_the_policy_says_meanwhile(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    _decide(session, desk, comment, REJECT, now=now)
    decisions.record(session, comment, Status.APPROVED, actor=Actor.POLICY, reason="clear", now=now)
    settling.settle_due(session, now=now + WINDOW)
    assert comment.status is Status.REJECTED


@pytest.mark.parametrize(
    "by",
    [(Actor.MODERATOR, "illegal"), (Actor.APPEAL, "overturned"), (Actor.POLICY, REPORTED)],
)
def test_what_is_decided_before_the_window_has_passed_is_not_overwritten(
    session: Session, desk: Desk, comment: Comment, now: datetime, by: tuple[Actor, str]
) -> None:
    first = _decide(session, desk, comment, APPROVE, now=now, window=AT_ONCE)
    wish = Wish(Status.REJECTED, revision=1, reason="spam", replaces=first.decision_id)
    choice = _decide(session, desk, comment, wish, now=now)
    actor, reason = by
    decisions.record(session, comment, Status.HELD, actor=actor, reason=reason, now=now)
    settling.settle_due(session, now=now + WINDOW)
    assert (choice.state, comment.status) == (ChoiceState.VOID, Status.HELD)


def test_a_choice_that_kept_no_decision_goes_by_the_text_alone(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    choice = _decide(session, desk, comment, REJECT, now=now)
    choice.seen_decision_id = None
    decisions.record(session, comment, Status.APPROVED, actor=Actor.SITE, reason="own", now=now)
    settling.settle_due(session, now=now + WINDOW)
    assert (choice.state, comment.status) == (ChoiceState.RECORDED, Status.REJECTED)


def test_overturning_needs_the_decision_that_was_seen(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    first = _decide(session, desk, comment, APPROVE, now=now, window=AT_ONCE)
    colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
    for replaces in (None, (first.decision_id or 0) - 1):
        wish = Wish(Status.REJECTED, revision=1, reason="spam", replaces=replaces)
        with pytest.raises(DecidedMeanwhile):
            _decide(session, colleague, comment, wish, now=now)
    wish = Wish(Status.REJECTED, revision=1, reason="spam", replaces=first.decision_id)
    _decide(session, colleague, comment, wish, now=now, window=AT_ONCE)
    assert comment.status is Status.REJECTED


def test_another_sites_comment_is_not_there(session: Session, desk: Desk, now: datetime) -> None:
    theirs = stored_held_comment(session, stored_site(session, "other"), now=now)
    with pytest.raises(CommentNotFound):
        _decide(session, desk, theirs, APPROVE, now=now)


def test_a_decided_comment_is_in_nobodys_hand(
    session: Session, desk: Desk, comment: Comment, now: datetime
) -> None:
    claims.claim_next(session, desk.moderator, desk.site_ids, most=MOST, now=now, lease=LEASE)
    choice = _decide(session, desk, comment, APPROVE, now=now + timedelta(seconds=5))
    assert claims.mine(session, desk.moderator, now=now) == []
    settling.settle_due(session, now=now + timedelta(minutes=1))
    assert session.scalars(select(Claim)).all() == []
    assert choice.chosen_at - (choice.claimed_at or now) == timedelta(seconds=5)


def test_twelve_moderators_work_a_queue_off_without_losing_or_doubling_any(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desks = [stored_desk(session, now=now)]
        desks += [stored_desk(session, site=desks[0].site, now=now) for _ in range(11)]
        ids = [stored_held_comment(session, desks[0].site, now=now).id for _ in range(400)]

    def work(desk: Desk) -> list[UUID]:
        decided: list[UUID] = []
        while True:
            with database.transaction() as session:
                args = (session, desk.moderator, desk.site_ids)
                comment = claims.claim_next(*args, most=MOST, now=now, lease=LEASE)
                if comment is None:
                    return decided
                decided.append(comment.id)
                actions.decide(*args, comment.id, APPROVE, now=now, window=AT_ONCE)

    with ThreadPoolExecutor(len(desks)) as pool:
        decided = [comment_id for each in pool.map(work, desks) for comment_id in each]
    assert Counter(decided) == Counter(ids)
    with database.transaction() as session:
        statuses = Counter(session.scalars(select(Comment.status)))
        by_person = select(Decision.comment_id).where(Decision.actor == Actor.MODERATOR)
        assert Counter(session.scalars(by_person)) == Counter(ids)
    assert statuses == {Status.APPROVED: 400}


def test_twelve_moderators_deciding_at_once_decide_each_comment_once(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desks = [stored_desk(session, now=now)]
        desks += [stored_desk(session, site=desks[0].site, now=now) for _ in range(11)]
        ids = [stored_held_comment(session, desks[0].site, now=now).id for _ in range(60)]
    start = threading.Barrier(len(desks))

    def decide_all(desk: Desk) -> int:
        """Try every comment, without caring for claims: only the database can keep order."""
        start.wait()
        decided = 0
        for number, comment_id in enumerate(ids):
            wish = APPROVE if number % 2 else REJECT
            try:
                with database.transaction() as session:
                    actions.decide(
                        session,
                        desk.moderator,
                        desk.site_ids,
                        comment_id,
                        wish,
                        now=now,
                        window=AT_ONCE if number % 3 else WINDOW,
                    )
                    settling.settle_due(session, now=now + WINDOW)
            except Conflict:
                continue
            decided += 1
        return decided

    with ThreadPoolExecutor(len(desks)) as pool:
        assert sum(pool.map(decide_all, desks)) == len(ids)
    with database.transaction() as session:
        settling.settle_due(session, now=now + WINDOW)
        by_person = select(Decision.comment_id).where(Decision.actor == Actor.MODERATOR)
        assert Counter(session.scalars(by_person)) == Counter(ids)
        statuses = Counter(session.scalars(select(Comment.status)))
        assert statuses == {Status.APPROVED: 30, Status.REJECTED: 30}
