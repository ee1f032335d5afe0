"""Which thread a comment stands in, and how many replies readers see there."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment, Thread
from service.db import Database, new_id
from service.decisions import actions
from service.decisions.actions import verdict_on
from service.decisions.tables import Actor
from tests.factories.comments import a_comment, an_article, an_author
from tests.factories.sites import a_site


def _a_discussion(session: Session, *, tops: int = 1, replies: int) -> list[Comment]:
    """Store comments at the top of one article, each with replies; return all, tops first."""
    site = a_site()
    session.add(site)
    session.flush()
    article, author = an_article(site), an_author(site)
    session.add_all([article, author])
    session.flush()
    above = [a_comment(article, author, id=new_id(), has_replies=True) for _ in range(tops)]
    session.add_all(above)
    session.flush()
    below = [
        a_comment(article, author, id=new_id(), parent_id=top.id, thread_id=top.id)
        for _ in range(replies)
        for top in above
    ]
    session.add_all(below)
    session.flush()
    return [*above, *below]


def _decide(session: Session, comment: Comment, wanted: Status, now: datetime) -> None:
    actions.record(session, comment, wanted, actor=Actor.SITE, reason="test", now=now)


def _reply_count(session: Session) -> int | None:
    count: int | None = session.scalar(
        select(Thread.reply_count).execution_options(populate_existing=True)
    )
    return count


def test_published_replies_are_counted_with_the_thread(session: Session, now: datetime) -> None:
    top, first, second = _a_discussion(session, replies=2)
    _decide(session, top, Status.APPROVED, now)
    assert _reply_count(session) is None
    _decide(session, first, Status.APPROVED, now)
    _decide(session, second, Status.APPROVED, now)
    assert _reply_count(session) == 2
    _decide(session, first, Status.HELD, now)
    assert _reply_count(session) == 1
    actions.withdraw(session, second, now=now)
    assert _reply_count(session) == 0


def test_an_edit_that_waits_leaves_the_count_as_it_is(session: Session, now: datetime) -> None:
    _, reply = _a_discussion(session, replies=1)
    _decide(session, reply, Status.APPROVED, now)
    actions.edit(session, reply, "Another text.", now=now)
    assert _reply_count(session) == 1
    _decide(session, reply, Status.REJECTED, now)
    assert _reply_count(session) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_batches_that_cross_each_other_never_deadlock_and_every_count_is_right(
    database: Database, now: datetime, seed: int
) -> None:
    with database.transaction() as session:
        comments = _a_discussion(session, tops=7, replies=20)
    random = Random(seed)  # noqa: S311 - a fixed order for the test
    shuffled = random.sample(comments, k=len(comments))

    def decide_batch(batch: Sequence[Comment]) -> None:
        with database.transaction() as own:
            locked = own.scalars(
                select(Comment)
                .where(Comment.id.in_([each.id for each in batch]))
                .order_by(Comment.id)
                .with_for_update(key_share=True)
            ).all()
            wanted = random.choice([Status.APPROVED, Status.REJECTED])
            verdicts = [
                verdict_on(each, wanted, actor=Actor.SITE, reason="test") for each in locked
            ]
            actions.record_many(own, verdicts, now=now)

    batches = [shuffled[at : at + 9] for at in range(0, len(shuffled), 9)]
    # Each comment is decided three times over, by whoever comes.
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide_batch, [*batches, *reversed(batches), *batches]))
    with database.transaction() as session:
        counted = {  # noqa: C416 - mypy reads rows, not pairs
            thread_id: count
            for thread_id, count in session.execute(
                select(Comment.thread_id, func.count())
                .where(Comment.thread_id.is_not(None), Comment.public_revision.is_not(None))
                .group_by(Comment.thread_id)
            )
        }
        kept = {each.comment_id: each.reply_count for each in session.scalars(select(Thread))}
    assert {which: count for which, count in kept.items() if count} == counted
