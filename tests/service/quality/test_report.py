from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions.closed import Closed
from service.decisions.tables import Actor
from service.moderators.tables import Moderator
from service.quality import actions, lots
from service.quality.report import QualityReport, report
from service.quality.rules import Opinion
from service.quality.tables import AuditSample
from service.sites.tables import Site
from tests.factories.moderators import stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.review import stored_held_comment
from tests.factories.sites import a_site
from tests.service.quality.test_actions import claimed

MONTH = timedelta(days=30)


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site(preferences={"audit_share": 1.0})
    session.add(site)
    session.flush()
    return site


@pytest.fixture
def aziza(session: Session, site: Site) -> Moderator:
    return stored_moderator(session, site)


@pytest.fixture
def baurzhan(session: Session, site: Site) -> Moderator:
    return stored_moderator(session, site)


def audited(
    session: Session,
    site: Site,
    status: Status,
    verdict: Status | None,
    now: datetime,
    *,
    judges: tuple[Moderator, ...] = (),
    reason: str = "clear",
) -> Comment:
    """Store an automatic decision that was drawn, and what the judges said of it."""
    comment = stored_decided_comment(session, site, status, reason=reason, now=now)
    actions.draw(session, [claimed(comment)], judged_twice=float(len(judges) > 1), now=now)
    if verdict is not None:
        opinions = [Opinion(comment.id, j.id, verdict, None, now, 1) for j in judges]
        for opinion in opinions:
            actions.second_opinion(session, [opinion], now=now)
    return comment


def decided(
    session: Session,
    comment: Comment,
    status: Status,
    by: Moderator,
    now: datetime,
    *,
    actor: Actor = Actor.MODERATOR,
) -> None:
    decisions.record(
        session, comment, status, actor=actor, reason="other", moderator_id=by.id, now=now
    )


def measured(session: Session, site: Site, now: datetime) -> QualityReport:
    return report(session, site.id, since=now - MONTH, now=now)


def test_a_site_of_which_nothing_is_known_has_a_report_that_says_so(
    session: Session, site: Site, now: datetime
) -> None:
    found = measured(session, site, now)
    assert found.progress.drawn == 0
    assert found.precision.value is found.missed.value is found.recall.value is None
    assert found.by_reason == []


def test_errors_are_counted_by_what_was_decided_and_what_the_judge_said(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    plan = [
        (Status.APPROVED, Status.APPROVED, 18, "clear"),
        (Status.APPROVED, Status.REJECTED, 2, "clear"),
        (Status.REJECTED, Status.REJECTED, 9, "score_insult"),
        (Status.REJECTED, Status.APPROVED, 1, "links"),
    ]
    for status, verdict, count, reason in plan:
        for _ in range(count):
            audited(session, site, status, verdict, now, judges=(aziza,), reason=reason)
    audited(session, site, Status.APPROVED, None, now)
    found = measured(session, site, now)
    assert (found.progress.drawn, found.progress.judged, found.progress.waiting) == (31, 30, 1)
    assert found.precision.value == pytest.approx(0.9)
    assert found.missed.value == pytest.approx(0.1)
    assert found.missed.low < 0.1 < found.missed.high
    assert found.counts.approved == pytest.approx(21)
    by_reason = {each.name: each.wrong.value for each in found.by_reason}
    assert by_reason == {
        "clear": pytest.approx(0.1),
        "score_insult": 0.0,
        "links": pytest.approx(1.0),
    }


def test_what_people_made_of_held_comments_counts_for_recall_and_by_rule(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    for status in (Status.REJECTED, Status.REJECTED, Status.APPROVED):
        held = stored_held_comment(session, site, now=now)
        decided(session, held, status, aziza, now)
    for verdict in (Status.APPROVED, Status.APPROVED, Status.APPROVED, Status.REJECTED):
        audited(session, site, Status.APPROVED, verdict, now, judges=(aziza,))
    found = measured(session, site, now)
    assert (found.counts.held_rejected, found.counts.held_approved) == (2, 1)
    missed = 4 / 4
    assert found.recall.value == pytest.approx(2 / (2 + missed))
    assert found.prevalence.value == pytest.approx((2 + missed) / (3 + 4))
    [insult] = [each for each in found.by_reason if each.name == "insult"]
    assert insult.released.value == pytest.approx(1 / 3)
    assert insult.released.count == 3


def test_reversals_are_told_apart_by_who_reversed(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    plan = [
        (Status.APPROVED, Status.REJECTED, Actor.MODERATOR),
        (Status.REJECTED, Status.APPROVED, Actor.MODERATOR),
        (Status.REJECTED, Status.APPROVED, Actor.APPEAL),
        (Status.REJECTED, Status.REJECTED, Actor.APPEAL),
    ]
    for before, after, actor in plan:
        comment = stored_decided_comment(session, site, before, now=now)
        decided(session, comment, after, aziza, now, actor=actor)
    counts = measured(session, site, now).counts
    assert counts.approvals_reversed == 1
    assert (counts.rejections_reversed, counts.rejections_reversed_on_appeal) == (2, 1)


def test_agreement_is_of_what_two_people_judged(
    session: Session, site: Site, aziza: Moderator, baurzhan: Moderator, now: datetime
) -> None:
    for verdict in (Status.APPROVED, Status.APPROVED, Status.REJECTED):
        audited(session, site, Status.APPROVED, verdict, now, judges=(aziza, baurzhan))
    audited(session, site, Status.APPROVED, Status.REJECTED, now, judges=(aziza,))
    found = measured(session, site, now).agreement
    assert (found.same.value, found.same.count, found.alpha) == (1.0, 3, 1.0)


def test_a_leads_word_takes_the_place_of_the_judges(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = audited(session, site, Status.REJECTED, Status.APPROVED, now, judges=(aziza,))
    assert measured(session, site, now).precision.value == 0.0
    actions.settle(session, {comment.id: Closed(Status.REJECTED, aziza.id, 1)})
    assert measured(session, site, now).precision.value == 1.0


def test_neither_another_site_nor_what_is_older_is_counted(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    other = a_site(preferences={"audit_share": 1.0})
    session.add(other)
    session.flush()
    audited(session, other, Status.APPROVED, Status.REJECTED, now, judges=(aziza,))
    old = now - MONTH - timedelta(hours=1)
    audited(session, site, Status.APPROVED, Status.REJECTED, old, judges=(aziza,))
    held = stored_held_comment(session, other, now=now)
    decided(session, held, Status.REJECTED, aziza, now)
    found = measured(session, site, now)
    assert (found.progress.drawn, found.counts.held_rejected) == (0, 0)


def test_a_change_of_the_share_does_not_bend_the_estimate(
    session: Session,
    site: Site,
    aziza: Moderator,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A share that was larger while more went wrong would make too much of that time."""
    random = Random(5)  # noqa: S311
    # Real lots lie in the comments' ids, and an interval at 95 % misses one draw in twenty.
    monkeypatch.setattr(lots, "is_drawn", lambda *_, share: random.random() < share)
    for share, wrong, count in ((0.2, 0.5, 200), (1.0, 0.0, 100)):
        site.preferences = {"audit_share": share}
        session.flush()
        for _ in range(count):
            verdict = Status.REJECTED if random.random() < wrong else Status.APPROVED
            audited(session, site, Status.APPROVED, verdict, now, judges=(aziza,))
    found = measured(session, site, now)
    truth = 0.5 * 200 / 300
    assert found.missed.low < truth < found.missed.high
    wrong_seen = sum(
        sample.verdict is Status.REJECTED for sample in session.scalars(select(AuditSample))
    )
    naive = wrong_seen / found.missed.count
    assert found.missed.value is not None
    assert abs(found.missed.value - truth) < abs(naive - truth)
