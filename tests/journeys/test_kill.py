"""What is lost when a process or the broker dies in the middle: nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import select, text

from service.comments.tables import Comment
from service.db import Database
from tests import running
from tests.journeys.installation import Installation, texts

COUNT = 1000


@pytest.fixture
def installation(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> Iterator[Installation]:
    # Small batches, so that there is a middle to be killed in.
    small = {"PARLEY_SCORING__BATCH": "16"}
    with Installation(database, database_url, redis_url, tmp_path, small) as installation:
        yield installation


def test_a_killed_worker_loses_no_comment_and_its_successor_decides_none_twice(
    installation: Installation,
) -> None:
    installation.worker.kill()
    ids = {receipt["id"] for receipt in installation.post_all(texts(COUNT))}
    assert installation.decided() == 0
    # The last ones are in other hands, so that it is not through however late the kill comes.
    with installation.database.transaction() as session:
        # A loaded machine may take longer to start the worker than the database lets us sleep.
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        last = select(Comment.id).order_by(Comment.id.desc()).limit(COUNT // 4)
        session.scalars(last.with_for_update()).all()
        installation.worker.start()
        running.wait_until(lambda: installation.decided() > 0, seconds=180, every=0.001)
        installation.worker.kill()
        killed_at = installation.decided()
    assert 0 < killed_at < COUNT
    installation.worker.start()
    installation.await_decided(COUNT)
    installation.assert_each_is_decided_once(ids)


def test_a_broker_emptied_in_the_middle_costs_delay_and_no_comment(
    installation: Installation, redis_url: str
) -> None:
    installation.start_beat()
    broker = redis.Redis.from_url(redis_url)
    bodies = texts(COUNT)
    ids = {receipt["id"] for receipt in installation.post_all(bodies[: COUNT // 2])}
    broker.flushdb()
    installation.worker.kill()
    rest = [installation.post((number, bodies[number])) for number in range(COUNT // 2, COUNT)]
    broker.flushdb()
    broker.close()
    installation.worker.start()
    installation.await_decided(COUNT)
    installation.assert_each_is_decided_once(ids | {receipt["id"] for receipt in rest})


def test_a_comment_whose_wake_up_was_lost_is_found_by_the_sweep(
    installation: Installation, redis_url: str
) -> None:
    installation.start_beat()
    broker = redis.Redis.from_url(redis_url)
    # As if a wake-up had been sent, and lost.
    broker.set("parley:woken:score_comments", 1, px=2_000)
    receipt = installation.post((1, "Thank you, an interesting article."))
    installation.await_decided(1)
    installation.assert_each_is_decided_once([receipt["id"]])
    broker.close()
