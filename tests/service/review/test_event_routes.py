import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from service import request
from service.app import create_app
from service.comments.status import Status
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.review import actions
from service.review.actions import Wish
from service.settings import Settings
from tests.factories.comments import stored_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment
from tests.fakes import FakePredictor
from tests.served import served

PATH = "/v1/review/events"
Event = tuple[str, Any]


@pytest.fixture
def desk(database: Database, now: datetime) -> Desk:
    with database.transaction() as session:
        return stored_desk(session, now=now)


@contextmanager
def _listening(address: str, desk: Desk, **headers: str) -> Iterator[Iterator[Event]]:
    """Yield the events of one page, as name and data."""
    with (
        httpx2.Client(base_url=address, headers=dict(desk.bearer) | headers, timeout=60) as client,
        client.stream("GET", PATH) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def _next(events: Iterator[Event], name: str) -> Any:  # noqa: ANN401 - JSON
    return next(data for found, data in events if found == name)


def test_a_page_is_told_what_waits_and_what_arrives(
    app: FastAPI, database: Database, desk: Desk, now: datetime
) -> None:
    with served(app) as address, _listening(address, desk) as events:
        first = _next(events, "counts")
        assert {each["queue"]: each["count"] for each in first["queues"]}["held"] == 0
        with database.transaction() as session:
            comment = stored_comment(session, desk.site)
            decisions.record(
                session, comment, Status.HELD, actor=Actor.POLICY, reason="links", now=now
            )
        arrived = _next(events, "arrived")
        assert (arrived["site"], arrived["comments"]) == ("border", [str(comment.id)])
        later = _next(events, "counts")
        assert {each["queue"]: each["count"] for each in later["queues"]}["held"] == 1


def test_a_page_that_listens_keeps_no_connection_to_the_database(app: FastAPI, desk: Desk) -> None:
    with (
        served(app) as address,
        _listening(address, desk) as one,
        _listening(address, desk) as two,
    ):
        _next(one, "counts")
        _next(two, "counts")
        assert app.state.database.engine.pool.checkedout() == 0


def test_a_page_that_comes_back_is_told_what_came_about_meanwhile(
    app: FastAPI, database: Database, desk: Desk, now: datetime
) -> None:
    with database.transaction() as session:
        colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
        decided, arrived = (
            stored_held_comment(session, desk.site, now=now - timedelta(minutes=ago))
            for ago in (9, 1)
        )
        args = (colleague.moderator, desk.site_ids, decided.id, Wish(Status.APPROVED, revision=1))
        actions.decide(session, *args, now=now, window=timedelta(minutes=1))
    away_since = (now - timedelta(minutes=2)).isoformat()
    with (
        served(app) as address,
        _listening(address, desk, **{"Last-Event-ID": away_since}) as events,
    ):
        assert _next(events, "arrived")["count"] == 1
        (standing,) = _next(events, "comments")["comments"]
        assert (standing["id"], standing["choice"]["by"]) == (str(decided.id), "Baurzhan")
        assert arrived.id != decided.id


@pytest.mark.parametrize("last", ["nonsense", "2001-01-01T00:00:00Z", "2026-11-25T12:00:00"])
def test_a_page_that_was_away_too_long_begins_with_the_counts(
    app: FastAPI, desk: Desk, last: str
) -> None:
    with served(app) as address, _listening(address, desk, **{"Last-Event-ID": last}) as events:
        assert next(events)[0] == "counts"


def test_whoever_finds_no_place_is_told_to_ask_instead(
    settings: Settings, database: Database, desk: Desk, now: datetime
) -> None:
    assert database
    none = settings.review.model_copy(update={"listeners_max": 0})
    app = create_app(settings.model_copy(update={"review": none}), FakePredictor())
    app.dependency_overrides[request.now] = lambda: now
    with served(app) as address:
        answer = httpx2.get(f"{address}{PATH}", headers=dict(desk.bearer), timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_listeners")
    assert "Retry-After" in answer.headers


def test_nobody_listens_without_signing_in(app: FastAPI) -> None:
    with served(app) as address:
        assert httpx2.get(f"{address}{PATH}", timeout=60).status_code == 401
