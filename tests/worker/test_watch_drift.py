"""What a day's look at drift leads to."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from service.db import Database
from service.drift import actions
from service.jobs import WatchDrift
from service.learning import runs
from service.learning.states import Cause, RunState
from service.learning.tables import Run
from service.registry import queries as versions
from service.settings import Learning
from tests.newsroom import a_newsroom, sayings
from tests.service.drift.test_actions import Days
from worker.watch_drift import watch_drift
from worker.workplace import Workplace


@pytest.fixture
def alarmed(
    database: Database, workplace: Workplace, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Workplace:
    """Return a workplace with a site to learn from, whose topic has shifted."""
    monkeypatch.setattr(actions, "FIRST", 300)
    with database.transaction() as session:
        newsroom = a_newsroom(session, now=now)
        newsroom.decide(session, sayings(400), at=now - timedelta(hours=1))
        live = workplace.champion.current(session)
        days = Days(session, newsroom.site, versions.get(session, live.version_id))
        days.come(300, days_ago=40)
        days.come(300, days_ago=1, shifted=True)
    return workplace


def wishing(workplace: Workplace, *, on_drift: bool) -> Workplace:
    learning = Learning.model_validate({"on_drift": on_drift})
    workplace.settings = workplace.settings.model_copy(update={"learning": learning})
    return workplace


def asked(database: Database) -> list[Cause]:
    with database.transaction() as session:
        return [run.cause for run in session.scalars(select(Run))]


def test_an_alarm_asks_for_a_run_where_the_installation_wants_it(
    database: Database, alarmed: Workplace
) -> None:
    watch_drift(WatchDrift(), wishing(alarmed, on_drift=False))
    assert asked(database) == []
    watch_drift(WatchDrift(), wishing(alarmed, on_drift=True))
    assert asked(database) == [Cause.DRIFT]


def test_an_alarm_while_a_run_is_under_way_asks_for_no_other(
    database: Database, alarmed: Workplace, now: datetime
) -> None:
    with database.transaction() as session:
        runs.ask(session, None, cause=Cause.PERSON, by="Aziza", now=now)
    watch_drift(WatchDrift(), wishing(alarmed, on_drift=True))
    with database.transaction() as session:
        [run] = session.scalars(select(Run))
        assert (run.cause, run.state) == (Cause.PERSON, RunState.ASKED)
