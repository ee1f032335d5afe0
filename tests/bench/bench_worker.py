"""How many waiting comments a worker of two processes decides, beside a floor and a peer.

    python -m tests.bench.bench_worker

First with the first tier alone, then with both: how many are decided at first sight, and how many
closer looks the two processes take in a second, on the mix of `bench_cascade`.

Everything is real: PostgreSQL and the Redis-protocol server with the settings that `parley up`
gives them (durable), in a folder of their own; a Celery worker of two processes with the model that
ships. Claimed, scored, decided, written: a comment counts when its decision is committed.

The floor is what the database allows two processes: claim 256 rows, write their status, commit,
nothing else. The peer is the obvious way: one Celery task for each comment, which reads it, scores
it with the same model, and writes score, decision and status.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, TextClause, create_engine, text
from sqlalchemy.orm import Session

from service import schema
from service.broker import Broker
from service.database_url import sync_url
from service.db import new_id
from service.jobs import ScoreComments
from service.machine import embedded
from service.machine.embedded import Servers
from service.sites import actions as sites
from service.sites.tables import Site
from tests import running
from tests.bench import peer_app
from tests.bench.bench_cascade import mix
from tests.bench.bench_scoring import comments

BAR = 5_000
PROCESSES = 2
ARTICLES, AUTHORS = 200, 5_000
_CLAIM_AND_WRITE = text("""
    UPDATE comments SET status = 'approved' WHERE id IN (
        SELECT id FROM comments WHERE status = 'pending'
        ORDER BY id LIMIT 256 FOR NO KEY UPDATE SKIP LOCKED
    )
""")
_STORE = text("""
    INSERT INTO comments (
        id, site_id, article_id, author_id, fingerprint, author_name, body, revision, has_replies,
        status, urgency, score_wanted, created_at
    )
    SELECT g.id, :site_id, g.article_id, g.author_id, '\\x00', 'Reader', g.body, 1, false,
           'pending', 0, false, :now
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:article_ids AS uuid[]), CAST(:author_ids AS uuid[]),
        CAST(:bodies AS text[])
    ) AS g(id, article_id, author_id, body)
""")
# Comments first, as the worker locks them, so that neither waits for the other in a circle.
_EMPTY = text("TRUNCATE comments, scores, decisions RESTART IDENTITY CASCADE")
_COUNT = text("SELECT count(*) FROM comments WHERE status = 'pending'")
_UNSEEN = text(
    "SELECT count(*) FROM comments WHERE status = 'pending' AND unclear_revision IS NULL"
)
_UNCLEAR = text("SELECT count(*) FROM comments WHERE unclear_revision IS NOT NULL")


class Waiting:
    """Stores comments that wait, and says how many still do."""

    def __init__(self, engine: Engine, count: int) -> None:
        self._engine = engine
        self.count = count
        self._bodies = comments(count, seed=7)
        now = datetime.now(UTC)
        with Session(engine) as session, session.begin():
            site = sites.create_site(
                session, slug="bench", name="Bench", url="https://news.example", now=now
            )
            self._site_id = site.id
            self._articles = _store_articles(session, site, now)
            self._authors = _store_authors(session, site, now)

    def store(self, count: int, bodies: Sequence[str] | None = None) -> None:
        """Leave exactly ``count`` comments, all pending."""
        with self._engine.begin() as connection:
            connection.execute(_EMPTY)
            connection.execute(
                _STORE,
                {
                    "site_id": self._site_id,
                    "now": datetime.now(UTC),
                    "ids": [new_id() for _ in range(count)],
                    "article_ids": [self._articles[n % ARTICLES] for n in range(count)],
                    "author_ids": [self._authors[n * 7 % AUTHORS] for n in range(count)],
                    "bodies": [*(bodies or self._bodies)][:count],
                },
            )
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE comments"))

    def left(self, which: TextClause = _COUNT) -> int:
        with self._engine.connect() as connection:
            return int(connection.scalar(which) or 0)

    def seconds_until_decided(self, begin: Callable[[], None]) -> float:
        return self.seconds_until_none(_COUNT, begin)

    def seconds_until_none(self, which: TextClause, begin: Callable[[], None]) -> float:
        started = time.perf_counter()
        begin()
        running.wait_until(lambda: self.left(which) == 0, seconds=600, every=0.05)
        return time.perf_counter() - started

    def check(self, count: int) -> None:
        """Every comment has one decision and one score."""
        with self._engine.connect() as connection:
            for table in ("decisions", "scores"):
                found = connection.execute(
                    text(f"SELECT count(*), count(DISTINCT comment_id) FROM {table}")  # noqa: S608
                ).one()
                if tuple(found) != (count, count):
                    sys.exit(f"{table}: {tuple(found)}, where {count} were expected")


def _store_articles(session: Session, site: Site, now: datetime) -> list[object]:
    rows = [
        {"id": new_id(), "site": site.id, "name": f"a-{number}", "now": now}
        for number in range(ARTICLES)
    ]
    session.execute(
        text(
            "INSERT INTO articles (id, site_id, external_id, url, title, is_open, published_count,"
            " created_at) VALUES (:id, :site, :name, 'https://news.example', 't', true, 0, :now)"
        ),
        rows,
    )
    return [row["id"] for row in rows]


def _store_authors(session: Session, site: Site, now: datetime) -> list[object]:
    rows = [
        {"id": new_id(), "site": site.id, "name": f"id:{number}", "now": now}
        for number in range(AUTHORS)
    ]
    session.execute(
        text(
            "INSERT INTO authors (id, site_id, identity, name, approved_count, rejected_count,"
            " created_at) VALUES (:id, :site, :name, 'Reader', 0, 0, :now)"
        ),
        rows,
    )
    return [row["id"] for row in rows]


def _loop_of_the_floor(url: str) -> None:
    engine = create_engine(url)
    written = 1
    with engine.connect() as connection:
        while written:
            with connection.begin():
                written = connection.execute(_CLAIM_AND_WRITE).rowcount
    engine.dispose()


def floor(waiting: Waiting, url: str) -> float:
    """Return how many comments a second two bare loops claim and write."""
    waiting.store(waiting.count)
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(abs, range(PROCESSES)))  # started, before the clock is
        started = time.perf_counter()
        list(pool.map(_loop_of_the_floor, [url] * PROCESSES))
        return waiting.count / (time.perf_counter() - started)


def parley(waiting: Waiting, broker: Broker) -> float:
    """Return how many comments a second the running worker decides."""
    waiting.store(waiting.count)
    seconds = waiting.seconds_until_decided(lambda: broker.publish(ScoreComments()))
    waiting.check(waiting.count)
    return waiting.count / seconds


class Cascade(NamedTuple):
    """What both tiers do in a second, and to what share of the comments they look closer."""

    first_sights: float
    closer_looks: float
    share: float


def both_tiers(waiting: Waiting, broker: Broker) -> Cascade:
    """Return what the running worker does with its second tier on."""
    count = min(waiting.count, 4000)
    waiting.store(count, mix(count, seed=7))
    seen = waiting.seconds_until_none(_UNSEEN, lambda: broker.publish(ScoreComments()))
    unclear, left = waiting.left(_UNCLEAR), waiting.left()
    seconds = waiting.seconds_until_decided(lambda: None)
    waiting.check(count)
    return Cascade(count / seen, left / seconds, unclear / count)


def peer(waiting: Waiting, environment: dict[str, str], log: Path, count: int) -> float:
    """Return how many comments a second a worker decides with a task for each."""
    waiting.store(count)
    peer_app.send_all(environment)
    celery = ("celery", "--app=tests.bench.peer_app:app", "--quiet", "worker")
    options = (f"--concurrency={PROCESSES}", "--without-gossip", "--without-mingle")
    with running.Running(*celery, *options, environment=environment, log=log):
        # The clock starts with the first decision: neither start is measured.
        running.wait_until(lambda: waiting.left() < count, seconds=60)
        left = waiting.left()
        return left / waiting.seconds_until_decided(lambda: None)


def _environment(servers: Servers) -> dict[str, str]:
    return {"PARLEY_DATABASE_URL": servers.database_url, "PARLEY_REDIS_URL": servers.redis_url}


def measure(
    servers: Servers, folder: Path, *, count: int, rounds: int
) -> tuple[dict[str, list[float]], Cascade]:
    url = sync_url(servers.database_url)
    engine = create_engine(url)
    schema.migrate(engine)
    waiting, broker = Waiting(engine, count), Broker(servers.redis_url)
    environment = _environment(servers)
    found: dict[str, list[float]] = {"floor": [], "parley": [], "peer": []}
    alone = environment | {"PARLEY_SCORING__SECOND_TIER": "false"}
    with running.worker(alone, folder / "worker.log", processes=PROCESSES) as worker:
        _warm_up(worker, waiting, broker)
        for _ in range(rounds):
            found["floor"].append(floor(waiting, url))
            found["parley"].append(parley(waiting, broker))
    with running.worker(environment, folder / "both.log", processes=PROCESSES) as worker:
        _warm_up(worker, waiting, broker)
        cascade = both_tiers(waiting, broker)
    peer_count = min(count, 4000)
    found["peer"].append(peer(waiting, environment, folder / "peer.log", peer_count))
    broker.close()
    engine.dispose()
    return found, cascade


def _warm_up(worker: running.Running, waiting: Waiting, broker: Broker) -> None:
    worker.await_words("ready", seconds=120)
    waiting.store(200)
    waiting.seconds_until_decided(lambda: broker.publish(ScoreComments()))


def _print(found: dict[str, list[float]], cascade: Cascade, count: int) -> float:
    names = {
        "floor": "floor: claim 256, write, commit",
        "parley": "parley, first tier: claim, score, decide, write",
        "peer": "peer: one Celery task for each comment",
    }
    table = Table("", "comments/s", "rounds", title=f"Worker, 2 processes, {count:,} waiting")
    for name, rounds in found.items():
        each = "  ".join(f"{figure:,.0f}" for figure in rounds)
        table.add_row(names[name], f"{mean(rounds):,.0f}", each)
    Console().print(table)
    reached = mean(found["parley"])
    Console().print(
        f"{reached / mean(found['floor']):.2f} of the floor, {reached / mean(found['peer']):.1f} × "
        f"the peer (bar: {BAR:,} comments/s or more)"
    )
    Console().print(
        f"both tiers: {cascade.first_sights:,.0f} comments/s seen, of which {cascade.share:.0%} "
        f"get a closer look, {cascade.closer_looks:,.0f} of these a second"
    )
    return reached


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="comments that wait")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        folder = Path(name)
        with embedded.start(folder) as servers:
            found, cascade = measure(servers, folder, count=given.count, rounds=given.rounds)
    sys.exit(0 if _print(found, cascade, given.count) >= BAR else 1)


if __name__ == "__main__":
    main()
