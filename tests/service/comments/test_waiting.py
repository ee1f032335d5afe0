import asyncio
import time
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from service.comments.status import Status
from service.comments.tables import Comment
from service.comments.waiting import POLLED_EVERY, Decided, Waiting
from service.db import Database
from tests.factories.comments import stored_comment
from tests.service.comments.conftest import an_engine

_LONG = timedelta(minutes=2)


@pytest.fixture
def comment_id(database: Database) -> UUID:
    with database.transaction() as session:
        return stored_comment(session).id


def _decide(database: Database, comment_id: UUID, now: datetime) -> None:
    with database.transaction() as session:
        comment = session.get_one(Comment, comment_id)
        comment.status, comment.decided_at = Status.HELD, now


def test_all_who_wait_for_a_comment_hear_of_its_decision_from_one_query_at_a_time(
    database: Database, database_url: str, comment_id: UUID, now: datetime
) -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def wait() -> list[Decided | None]:
        async with an_engine(database_url) as engine:
            at_once = lambda *_: begun.append(1 + len(begun) - len(ended))  # noqa: E731
            event.listen(engine.sync_engine, "before_cursor_execute", at_once)
            event.listen(engine.sync_engine, "after_cursor_execute", lambda *_: ended.append(1))
            waiting = Waiting(engine)
            async with asyncio.TaskGroup() as tasks:
                waiters = [
                    tasks.create_task(waiting.decision_on(comment_id, within=_LONG))
                    for _ in range(50)
                ]
                await asyncio.sleep(0.1)
                await asyncio.to_thread(_decide, database, comment_id, now)
            await waiting.close()
            return [waiter.result() for waiter in waiters]

    started = time.monotonic()
    assert asyncio.run(wait()) == [Decided(Status.HELD, now)] * 50
    assert set(begun) == {1}, "never two at once, where fifty could ask for themselves"
    # However long it took, so many as one alone can ask.
    assert len(begun) <= (time.monotonic() - started) / POLLED_EVERY.total_seconds() + 5


def test_who_waits_in_vain_is_told_so_in_time_and_the_polling_ends(
    database_url: str, comment_id: UUID
) -> None:
    async def wait() -> tuple[Decided | None, float, int]:
        async with an_engine(database_url) as engine:
            waiting = Waiting(engine)
            started = time.monotonic()
            outcome = await waiting.decision_on(comment_id, within=timedelta(seconds=0.2))
            took = time.monotonic() - started
            for _ in range(1000):
                if len(asyncio.all_tasks()) == 1:
                    break
                await asyncio.sleep(0.02)
            return outcome, took, len(asyncio.all_tasks()) - 1

    outcome, took, still_polling = asyncio.run(wait())
    assert outcome is None
    assert 0.2 <= took < 20
    assert still_polling == 0


def test_a_comment_that_is_decided_already_is_not_waited_for(
    database: Database, database_url: str, comment_id: UUID, now: datetime
) -> None:
    _decide(database, comment_id, now)

    async def wait() -> Decided | None:
        async with an_engine(database_url) as engine:
            waiting = Waiting(engine)
            return await waiting.decision_on(comment_id, within=_LONG)

    started = time.monotonic()
    assert asyncio.run(wait()) == Decided(Status.HELD, now)
    assert time.monotonic() - started < _LONG.total_seconds() / 2
