"""Real servers, started once; a migrated database for each test process; a fake classifier.

The process that starts the run starts private servers in a temporary folder and migrates a template
database; each test process copies the template. `session` rolls back; `database` commits for real,
for races and jobs, and is emptied afterwards.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import redis
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck
from hypothesis import settings as effort
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from service import request, schema
from service.app import create_app
from service.database_url import sync_url
from service.db import Database
from service.jobs import Job
from service.machine import embedded
from service.moderators import passwords
from service.settings import Settings
from service.tables import metadata
from tests.fakes import FakePredictor

# How long an example takes says more of the machine's other work than of ours. The examples are the
# same in every run, so that a change is blamed for nothing but itself; to look for new ones:
# `pytest --hypothesis-profile=searching`.
_UNHURRIED = effort(deadline=None, suppress_health_check=[HealthCheck.too_slow])
effort.register_profile("settled", _UNHURRIED, derandomize=True)
effort.register_profile("searching", _UNHURRIED)
effort.load_profile("settled")

_TEMPLATE = "parley_template"
_DATABASE_URL, _REDIS_URL = "PARLEY_TEST_DATABASE_URL", "PARLEY_TEST_REDIS_URL"
_started: list[tuple[embedded.EmbeddedServers, Path]] = []


class Addresses(NamedTuple):
    """Addresses of the servers that this run uses."""

    database_url: str
    redis_url: str


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly or _DATABASE_URL in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="parley-tests-"))
    servers = embedded.start(folder, ephemeral=True)
    addresses = servers.start()
    _started.append((servers, folder))
    _let_statistics_rest(addresses.database_url)
    os.environ[_DATABASE_URL], os.environ[_REDIS_URL] = addresses.database_url, addresses.redis_url


def _let_statistics_rest(url: str) -> None:
    """Have only tests change what the planner knows: a plan must not hang on what ran before."""
    with _administration(url) as engine, engine.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET autovacuum = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


def pytest_unconfigure() -> None:
    for servers, folder in _started:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[_DATABASE_URL], os.environ[_REDIS_URL]
    _started.clear()


def _number(worker_id: str) -> int:
    """Return which test process this is, from 0."""
    found = re.fullmatch(r"gw(\d+)", worker_id)
    return int(found[1]) if found else 0


@contextmanager
def _administration(url: str) -> Iterator[Engine]:
    engine = create_engine(sync_url(url), isolation_level="AUTOCOMMIT")
    try:
        yield engine
    finally:
        engine.dispose()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _make_template(url: str) -> None:
    """Migrate a template database once, whichever test process comes first."""
    with _administration(url) as engine, engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(1)"))
        try:
            exists = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.scalar(exists, {"name": _TEMPLATE}):
                return
            connection.execute(text(f"CREATE DATABASE {_TEMPLATE}_new"))
            fresh = create_engine(sync_url(_named(url, f"{_TEMPLATE}_new")))
            schema.migrate(fresh)
            fresh.dispose()
            connection.execute(text(f"ALTER DATABASE {_TEMPLATE}_new RENAME TO {_TEMPLATE}"))
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(1)"))


@pytest.fixture(scope="session")
def servers() -> Addresses:
    return Addresses(os.environ[_DATABASE_URL], os.environ[_REDIS_URL])


@contextmanager
def _own_database(url: str, name: str) -> Iterator[str]:
    with _administration(url) as engine, engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}"))
    yield _named(url, name)
    with _administration(url) as engine, engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def database_url(servers: Addresses, worker_id: str) -> Iterator[str]:
    _make_template(servers.database_url)
    with _own_database(servers.database_url, f"parley_test_{_number(worker_id)}") as url:
        yield url


@pytest.fixture
def redis_url(servers: Addresses, worker_id: str) -> Iterator[str]:
    """Return the address of a Redis database of this test process's own, empty."""
    url = re.sub(r"/\d+$", f"/{_number(worker_id)}", servers.redis_url)
    client = redis.Redis.from_url(url)
    client.flushdb()
    yield url
    client.flushdb()
    client.close()


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(sync_url(database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Return a session on the migrated database; what it does is rolled back."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        outer.rollback()


@pytest.fixture
def published() -> list[Job]:
    """Return the jobs that `database` has published, in order."""
    return []


@pytest.fixture
def database(database_url: str, engine: Engine, published: list[Job]) -> Iterator[Database]:
    """Return a database that commits for real; emptied after the test."""
    database = Database(sync_url(database_url), publish=published.append, pool_size=20)
    yield database
    database.close()
    with engine.begin() as connection:
        _empty(connection)


_NAMES = [f'"{table.name}"' for table in metadata.tables.values()]
# Truncating writes new files for every table and index, which takes longer than most tests.
_DELETED_BYTES_MAX = 1_000_000
_FILLED = text(
    " UNION ALL ".join(
        f"SELECT '{name}', pg_relation_size('{name}') WHERE EXISTS (SELECT 1 FROM {name})"  # noqa: S608
        for name in _NAMES
    )
)
_RESTART = text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")


@pytest.fixture
def fresh_tables(engine: Engine) -> None:
    """See that no page is left of earlier tests' rows, which a planner would count in."""
    with engine.begin() as connection:
        _truncate(connection)


def _truncate(connection: Connection) -> None:
    connection.execute(text(f"TRUNCATE {', '.join(_NAMES)} RESTART IDENTITY CASCADE"))


def _empty(connection: Connection) -> None:
    # Who still writes, such as a thread that a test has given up on, is waited for.
    connection.execute(text(f"LOCK TABLE {', '.join(_NAMES)} IN SHARE ROW EXCLUSIVE MODE"))
    filled = {name: int(size) for name, size in connection.execute(_FILLED)}
    if sum(filled.values()) > _DELETED_BYTES_MAX:
        _truncate(connection)
        return
    # Without looking after references, so that the order does not matter.
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for name in filled:
        connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - a table's name
    connection.execute(_RESTART)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hash passwords with next to no work: what they take in earnest has a test of its own."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # noqa: SLF001


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path, database_url=SecretStr(database_url), redis_url=SecretStr(redis_url)
    )


@pytest.fixture
def classifier() -> FakePredictor:
    return FakePredictor()


@pytest.fixture
def app(
    settings: Settings, classifier: FakePredictor, database: Database, now: datetime
) -> FastAPI:
    """Return the app on the test's database, at the test's time."""
    assert database  # emptied when the test is over
    app = with_known_routes(create_app(settings, classifier))
    app.dependency_overrides[request.now] = lambda: now
    return app


_first_apps: list[FastAPI] = []


def with_known_routes(app: FastAPI) -> FastAPI:
    """Have this process's apps share what FastAPI works out about the routes at first use.

    It takes longer than most tests. The routes are the same in all; what overrides dependencies is
    looked up in the first app, so all share that too, and it begins empty.
    """
    _first_apps.append(app)
    first = _first_apps[0]
    del _first_apps[1:]
    assert len(app.router.routes) == len(first.router.routes)
    app.router.routes[:] = first.router.routes
    app.dependency_overrides = first.dependency_overrides
    app.dependency_overrides.clear()
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
