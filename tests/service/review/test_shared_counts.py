import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from service.db import Database
from service.review.queue_names import Queue
from service.review.shared_counts import SharedCounts
from tests.factories.review import Desk, stored_desk, stored_held_comment

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _held(counts: SharedCounts, session: Session, desk: Desk) -> int:
    found = counts.of(session, desk.site_ids, now=NOW).waiting
    return {each.queue: each.count for each in found}[Queue.HELD]


def test_a_count_is_shared_for_a_second(session: Session, now: datetime, clock: Clock) -> None:
    desk = stored_desk(session, now=now)
    counts = SharedCounts(clock)
    assert _held(counts, session, desk) == 0
    stored_held_comment(session, desk.site, now=now)
    clock.seconds += 0.9
    assert _held(counts, session, desk) == 0
    clock.seconds += 0.1
    assert _held(counts, session, desk) == 1


def test_the_counts_of_other_sites_are_not_shared(
    session: Session, now: datetime, clock: Clock
) -> None:
    desk = stored_desk(session, now=now)
    elsewhere = stored_desk(session, slug="elsewhere", now=now)
    stored_held_comment(session, elsewhere.site, now=now)
    counts = SharedCounts(clock)
    assert [_held(counts, session, each) for each in (desk, elsewhere)] == [0, 1]


def _statements(database: Database) -> list[str]:
    """Return a list to which every statement is added from now on."""
    sent: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(*args: object) -> None:
        sent.append(str(args[2]))

    return sent


def test_many_who_watch_at_once_count_once(database: Database, now: datetime, clock: Clock) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
    counts = SharedCounts(clock)
    sent = _statements(database)
    with database.transaction() as session:
        _held(SharedCounts(clock), session, desk)
    once = len(sent)
    start = threading.Barrier(8)

    def watch(_: int) -> int:
        start.wait()
        with database.transaction() as session:
            return _held(counts, session, desk)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(watch, range(8))) == [0] * 8
    assert len(sent) == 2 * once


def test_pages_that_watch_share_their_counts(
    client: TestClient, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.review.shared_counts._FRESH_SECONDS", 3600.0)
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
    seen = []
    for _ in range(2):
        changes = client.get(
            "/v1/review/changes", params={"since": now.isoformat()}, headers=desk.bearer
        ).json()
        seen.append(changes["queues"][0]["count"])
        with database.transaction() as session:
            stored_held_comment(session, desk.site, now=now)
    assert seen == [0, 0]
    counts = client.get("/v1/review/queues", headers=desk.bearer).json()
    assert counts["queues"][0]["count"] == 2
