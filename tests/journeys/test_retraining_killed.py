"""A run that dies at any stage leaves the champion as it was, and the next run is clean."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from service.db import Database
from service.learning import runs
from service.learning.states import STAGES, Cause, RunState
from service.learning.tables import Run
from service.registry import queries as versions
from service.registry.champion import Champion
from service.settings import Settings
from tests import running
from tests.factories import registry
from tests.newsroom import a_newsroom, sayings
from worker import predictor

_ANOTHER_RUNS = 3


@pytest.fixture(scope="module")
def first_tier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return registry.first_tier(tmp_path_factory.mktemp("model"))


@pytest.fixture
def environment(
    settings: Settings, database: Database, first_tier: Path, database_url: str, redis_url: str
) -> dict[str, str]:
    """Return what a retraining process reads; the newsroom has decided enough to learn from."""
    now = datetime.now(UTC)
    wanted = settings.model_copy(update={"model": first_tier})
    predictor.prepare(wanted, database, Champion(predictor.load), now=now)
    with database.transaction() as session:
        newsroom = a_newsroom(session, now=now)
        newsroom.decide(session, sayings(400), at=now - timedelta(hours=1))
    return {
        **os.environ,
        "PARLEY_DATABASE_URL": database_url,
        "PARLEY_REDIS_URL": redis_url,
        "PARLEY_MODEL": str(first_tier),
        "PARLEY_LEARNING__SCHEDULE": "never",
    }


def start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "worker.retraining"], cwd=running.ROOT, env=environment
    )


def ask(database: Database) -> None:
    with database.transaction() as session:
        runs.ask(session, None, cause=Cause.PERSON, now=datetime.now(UTC))


def newest(database: Database) -> Run:
    with database.transaction() as session:
        return session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one()


def champion_id(database: Database) -> int:
    with database.transaction() as session:
        live = versions.champion(session)
        assert live is not None
        return live.id


def is_at(database: Database, stage: RunState) -> bool:
    return newest(database).state is stage


@pytest.mark.soak
def test_a_run_killed_at_any_stage_leaves_the_champion_and_the_next_one_is_clean(
    environment: dict[str, str], database: Database
) -> None:
    before = champion_id(database)
    for stage in STAGES:
        ask(database)
        process = start(environment)
        running.wait_until(
            partial(is_at, database, stage),
            seconds=300,
            every=0.005,
        )
        process.kill()
        process.wait()
        assert champion_id(database) == before
        left = newest(database)
        assert left.ended_at is None
        with database.transaction() as session:
            assert runs.end_interrupted(session, now=datetime.now(UTC)) == 1
        assert newest(database).state is RunState.INTERRUPTED
    ask(database)
    assert start(environment).wait(300) == 0
    assert newest(database).state is RunState.PROMOTED


def test_two_processes_at_once_make_one_run(
    environment: dict[str, str], database: Database
) -> None:
    ask(database)
    codes = sorted(each.wait(300) for each in [start(environment), start(environment)])
    assert codes[0] == 0
    assert codes[1] in (0, _ANOTHER_RUNS)
    with database.transaction() as session:
        assert len(session.scalars(select(Run)).all()) == 1
