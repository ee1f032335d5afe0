from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions.closed import Closed
from service.decisions.tables import Actor
from service.decisions.waiting import Waiting
from service.examples.origin import Origin
from service.examples.tables import LabelledExample
from service.moderators.tables import Moderator
from service.quality import actions, lots, queries
from service.quality.rules import Opinion
from service.quality.tables import AuditJudgement, AuditSample, SampleState
from service.sites.tables import Site
from tests.factories.moderators import stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site

DAY = timedelta(days=1)


def states_of(session: Session) -> dict[UUID, SampleState]:
    session.expire_all()
    return {each.comment_id: each.state for each in session.scalars(select(AuditSample))}


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site(preferences={"audit_share": 1.0})
    session.add(site)
    session.flush()
    return site


@pytest.fixture
def aziza(session: Session, site: Site) -> Moderator:
    return stored_moderator(session, site, name="Aziza")


@pytest.fixture
def baurzhan(session: Session, site: Site) -> Moderator:
    return stored_moderator(session, site, name="Baurzhan")


def claimed(comment: Comment) -> Waiting:
    return Waiting(
        comment_id=comment.id,
        site_id=comment.site_id,
        article_id=comment.article_id,
        author_id=comment.author_id,
        revision=comment.revision,
        public_revision=None,
        status=Status.PENDING,
        body=comment.body,
        language_hint=None,
        approved_count=0,
        rejected_count=0,
    )


def draw(
    session: Session, comments: Sequence[Comment], now: datetime, *, judged_twice: float = 0.0
) -> list[AuditSample]:
    waiting = [claimed(each) for each in comments]
    actions.draw(session, waiting, judged_twice=judged_twice, now=now)
    session.expire_all()
    return list(session.scalars(select(AuditSample).order_by(AuditSample.id)))


def one_that_is_drawn(session: Session, site: Site, status: Status, now: datetime) -> Comment:
    """Store decided comments until there is one whose lot is among the first half."""
    while True:
        comment = stored_decided_comment(session, site, status, now=now)
        if lots.is_drawn(comment.id, 1, share=0.5):
            return comment


def judge(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    status: Status,
    now: datetime,
    *,
    reason: str | None = None,
) -> frozenset[UUID]:
    opinion = Opinion(comment.id, moderator.id, status, reason, now, comment.revision)
    return actions.second_opinion(session, [opinion], now=now)


def waiting(session: Session) -> list[tuple[UUID, UUID | None]]:
    return [(row.comment_id, row.not_by) for row in session.execute(queries.waiting())]


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED])
def test_an_automatic_decision_is_drawn_with_the_probability_of_its_site(
    session: Session, site: Site, now: datetime, status: Status
) -> None:
    site.preferences = {"audit_share": 0.5}
    drawn = one_that_is_drawn(session, site, status, now)
    [sample] = draw(session, [drawn], now)
    assert (sample.comment_id, sample.status, sample.inclusion) == (drawn.id, status, 0.5)


def test_drawing_again_draws_the_same_once(session: Session, site: Site, now: datetime) -> None:
    site.preferences = {"audit_share": 0.5}
    comments = [stored_decided_comment(session, site, now=now) for _ in range(30)]
    wanted = {each.id for each in comments if lots.is_drawn(each.id, 1, share=0.5)}
    for _ in range(2):
        samples = draw(session, comments, now)
        assert {each.comment_id for each in samples} == wanted
        assert len(samples) == len(wanted)


def test_a_site_that_wants_no_audit_has_none(session: Session, site: Site, now: datetime) -> None:
    site.preferences = {"audit_share": 0.0}
    comments = [stored_decided_comment(session, site, now=now) for _ in range(20)]
    assert draw(session, comments, now) == []


def test_what_was_held_or_decided_by_a_person_is_not_drawn(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    held = stored_decided_comment(session, site, Status.HELD, now=now)
    by_person = stored_decided_comment(session, site, by=aziza, now=now)
    assert draw(session, [held, by_person], now) == []


def test_a_text_that_is_decided_again_before_it_is_judged_counts_as_decided_so(
    session: Session, site: Site, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    draw(session, [comment], now)
    decisions.record(
        session, comment, Status.REJECTED, actor=Actor.POLICY, reason="score_insult", now=now
    )
    [sample] = draw(session, [comment], now)
    assert (sample.status, sample.reason) == (Status.REJECTED, "score_insult")


def test_a_verdict_teaches_with_the_probability_of_the_lot(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    site.preferences = {"audit_share": 0.5}
    comment = one_that_is_drawn(session, site, Status.APPROVED, now)
    draw(session, [comment], now)
    assert judge(session, comment, aziza, Status.REJECTED, now, reason="insult") == {comment.id}
    taught = session.scalars(select(LabelledExample)).one()
    assert (taught.origin, taught.sender) == (Origin.AUDIT, f"moderator:{aziza.id}")
    assert taught.inclusion == 0.5
    assert taught.labels == {Label.TOXICITY: 1.0, Label.INSULT: 1.0}
    assert comment.status is Status.APPROVED, "a blind verdict moves nothing by itself"


def test_an_approval_teaches_that_none_of_the_labels_holds(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    draw(session, [comment], now)
    assert judge(session, comment, aziza, Status.APPROVED, now) == frozenset()
    taught = session.scalars(select(LabelledExample)).one()
    assert set(taught.labels.values()) == {0.0}


def test_a_sample_that_wants_two_verdicts_waits_for_somebody_else(
    session: Session, site: Site, *, aziza: Moderator, baurzhan: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    draw(session, [comment], now, judged_twice=1.0)
    assert waiting(session) == [(comment.id, None)]
    judge(session, comment, aziza, Status.APPROVED, now)
    assert waiting(session) == [(comment.id, aziza.id)]
    judge(session, comment, baurzhan, Status.REJECTED, now, reason="spam")
    assert waiting(session) == []
    sample = session.scalars(select(AuditSample)).one()
    assert (sample.verdict, sample.state) == (Status.APPROVED, SampleState.JUDGED)
    assert session.scalar(select(func.count()).select_from(AuditJudgement)) == 2


def test_the_same_person_is_heard_once(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    draw(session, [comment], now, judged_twice=1.0)
    judge(session, comment, aziza, Status.APPROVED, now)
    assert judge(session, comment, aziza, Status.REJECTED, now, reason="spam") == frozenset()
    assert session.scalars(select(AuditJudgement.verdict)).all() == [Status.APPROVED]


def test_an_opinion_on_what_was_not_drawn_is_left_out(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    assert judge(session, comment, aziza, Status.REJECTED, now, reason="spam") == frozenset()
    assert session.scalars(select(LabelledExample)).all() == []


def test_another_text_than_the_one_that_was_decided_is_not_judged(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    draw(session, [comment], now)
    decisions.edit(session, comment, "Something else.", now=now)
    assert waiting(session) == []
    assert judge(session, comment, aziza, Status.REJECTED, now, reason="spam") == frozenset()


def test_who_decided_the_comment_does_not_judge_it_blind(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    draw(session, [comment], now)
    decisions.record(
        session,
        comment,
        Status.APPROVED,
        actor=Actor.MODERATOR,
        reason="approved_by_moderator",
        moderator_id=aziza.id,
        now=now,
    )
    assert waiting(session) == [(comment.id, aziza.id)]


def test_a_lead_has_the_last_word_on_what_two_people_see_differently(
    session: Session, site: Site, *, aziza: Moderator, baurzhan: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    draw(session, [comment], now)
    judge(session, comment, aziza, Status.REJECTED, now, reason="spam")
    actions.settle(session, {comment.id: Closed(Status.APPROVED, baurzhan.id, 1)})
    sample = session.scalars(select(AuditSample)).one()
    assert (sample.verdict, sample.settled_by) == (Status.APPROVED, baurzhan.id)


def test_what_nobody_judges_in_time_or_what_is_gone_is_given_up(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    withdrawn, untouched, judged_once, fresh = (
        stored_decided_comment(session, site, now=now) for _ in range(4)
    )
    draw(session, [withdrawn, untouched, judged_once], now, judged_twice=1.0)
    judge(session, judged_once, aziza, Status.APPROVED, now)
    later = now + 31 * DAY
    draw(session, [fresh], later)
    decisions.withdraw(session, withdrawn, now=now)
    actions.give_up(session, waited=365 * DAY, now=later)
    states = states_of(session)
    assert states[withdrawn.id] is SampleState.GIVEN_UP
    assert states[untouched.id] is SampleState.WAITING
    actions.give_up(session, waited=30 * DAY, now=later)
    states = states_of(session)
    assert states == {
        withdrawn.id: SampleState.GIVEN_UP,
        untouched.id: SampleState.GIVEN_UP,
        judged_once.id: SampleState.JUDGED,
        fresh.id: SampleState.WAITING,
    }
