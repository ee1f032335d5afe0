from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions, priority
from service.decisions.tables import Actor
from service.review import queue
from tests.factories.comments import stored_comment
from tests.factories.review import Desk, stored_desk

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


def _held(
    session: Session, desk: Desk, *, harm: float, at: datetime, activity: float = 0.0
) -> Comment:
    """Have the policy hold a comment under an article that is read as much as ``activity``."""
    comment = stored_comment(session, desk.site, urgency=harm)
    article = session.get_one(Article, comment.article_id)
    article.activity, article.activity_at = activity, at
    session.flush()
    actions.record(session, comment, Status.HELD, actor=Actor.POLICY, reason="score_insult", now=at)
    return comment


def test_the_weight_is_harm_times_readers_doubled_every_four_hours(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _held(session, desk, harm=0.5, at=now, activity=9.0)
    for hours, weight in ((0, 5.0), (4, 10.0), (8, 20.0)):
        found = priority.weight(comment.priority, now=now + hours * HOUR)
        assert found == pytest.approx(weight, rel=1e-6)


def test_the_order_of_two_comments_never_changes(
    session: Session, desk: Desk, now: datetime
) -> None:
    old = _held(session, desk, harm=0.1, at=now - 13 * HOUR)
    new = _held(session, desk, harm=0.9, at=now)
    for hours in (0, 1, 1000):
        later = now + hours * HOUR
        assert priority.weight(old.priority, now=later) > priority.weight(new.priority, now=later)
    listed = queue.page(session, desk.site_ids, desk.moderator, limit=9, now=now)
    assert listed == [old, new]


def test_where_many_read_a_comment_comes_first(session: Session, desk: Desk, now: datetime) -> None:
    quiet = _held(session, desk, harm=0.6, at=now)
    busy = _held(session, desk, harm=0.3, at=now, activity=5.0)
    assert busy.priority > quiet.priority


def test_an_article_is_read_half_as_much_after_six_hours(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_comment(session, desk.site, urgency=1.0)
    article = session.get_one(Article, comment.article_id)
    article.activity, article.activity_at = 8.0, now - 12 * HOUR
    session.flush()
    actions.record(session, comment, Status.HELD, actor=Actor.POLICY, reason="links", now=now)
    assert priority.weight(comment.priority, now=now) == pytest.approx(1 + 2.0, rel=1e-6)


def test_what_readers_are_shown_makes_the_article_livelier(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_comment(session, desk.site)
    actions.record(session, comment, Status.APPROVED, actor=Actor.POLICY, reason="clear", now=now)
    assert _activity(session, comment.article_id) == (1.0, now)
    actions.record(
        session, comment, Status.REJECTED, actor=Actor.POLICY, reason="x", now=now + 6 * HOUR
    )
    activity, at = _activity(session, comment.article_id)
    assert activity == pytest.approx(0.5)
    assert at == now + 6 * HOUR


def test_what_is_held_again_keeps_its_age_and_what_was_published_does_not(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _held(session, desk, harm=0.5, at=now - 8 * HOUR)
    before = comment.priority
    actions.record(session, comment, Status.HELD, actor=Actor.POLICY, reason="links", now=now)
    assert comment.priority == pytest.approx(before)
    actions.record(session, comment, Status.APPROVED, actor=Actor.SITE, reason="x", now=now)
    assert comment.priority == 0
    actions.record(session, comment, Status.HELD, actor=Actor.POLICY, reason="links", now=now)
    assert priority.weight(comment.priority, now=now) < priority.weight(before, now=now)


def test_no_comment_is_without_weight(session: Session, desk: Desk, now: datetime) -> None:
    comment = _held(session, desk, harm=0.0, at=now)
    assert priority.weight(comment.priority, now=now) == pytest.approx(0.01, rel=1e-6)


def _activity(session: Session, article_id: UUID) -> tuple[float, datetime | None]:
    columns = select(Article.activity, Article.activity_at).where(Article.id == article_id)
    activity, at = session.execute(columns).one()
    return activity, at
