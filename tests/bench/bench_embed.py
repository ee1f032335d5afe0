"""How many readers one web process serves, on a million comments, beside a floor of the same run.

    python -m tests.bench.bench_embed [--comments 1000000]

What readers ask most: the newest fifty published comments of an article, with the first replies
below each, and the counts of fifty articles. Each once of one article that everybody reads, as on
the day's news, and once of any of all articles, where an answer from memory is rare.

The floor is the bare SELECT of the same fifty rows and of the same counts, by FastAPI and asyncpg
in one process: without replies, keys, origins and limits. All is real: PostgreSQL and the
Redis-protocol server as `parley up` starts them, uvicorn with uvloop and httptools, keep-alive
connections from a process of their own.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from service import schema
from service.database_url import sync_url
from service.embed import public_keys
from service.machine import embedded
from service.machine.embedded import Servers
from tests.bench.load import Load, run
from tests.factories.comments import an_author
from tests.factories.review import stored_site
from tests.running import Running, free_port, wait_until

_ORIGIN: Final = "https://news.example"
_ARTICLES: Final = 2_000
_LISTED, _COUNTED = 50, 50
_CONNECTIONS: Final = 16
_AT_ONCE: Final = 50_000
# Of ten comments six stand at the top; two of these have two replies each.
_FILL: Final = text("""
    WITH tops AS (
        INSERT INTO comments (id, site_id, article_id, author_id, fingerprint, author_name, body,
            revision, public_revision, has_replies, status, urgency, score_wanted, created_at)
        SELECT uuidv7((n - :count) * interval '1 second'), :site, a.id, :author, ''::bytea,
            'Name ' || n % 50000, 'word' || n % 5000 || repeat(' lorem ipsum dolor', 12),
            1, 1, n % 3 = 0, 'approved', 0.0, false, now()
        FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
        JOIN articles a ON a.external_id = 'article-' || n % :articles
        RETURNING id, article_id, has_replies
    )
    INSERT INTO comments (id, site_id, article_id, author_id, parent_id, thread_id, fingerprint,
        author_name, body, revision, public_revision, has_replies, status, urgency, score_wanted,
        created_at)
    SELECT uuidv7(k * interval '1 hour'), :site, article_id, :author, id, id, ''::bytea,
        'Reader ' || k, repeat('reply ', 20), 1, 1, false, 'approved', 0.0, false, now()
    FROM tops, generate_series(1, 2) AS k WHERE has_replies
""")
_AFTERWARDS: Final = (
    text("""
        INSERT INTO threads (comment_id, article_id, reply_count)
        SELECT thread_id, article_id, count(*) FROM comments
        WHERE thread_id IS NOT NULL GROUP BY 1, 2
    """),
    text("""
        UPDATE articles SET published_count = counted.n
        FROM (SELECT article_id, count(*) AS n FROM comments GROUP BY 1) AS counted
        WHERE counted.article_id = articles.id
    """),
)


@dataclass
class Reads(Load):
    """Requests that read, without end."""

    path: str = ""
    key: str = ""
    run: int = 0
    ask: Callable[[Random], list[tuple[str, str]]] = field(default=lambda _: [])

    def __post_init__(self) -> None:
        self._random = Random(self.run)  # noqa: S311 - load, not secrets

    def next_request(self) -> bytes:
        address = f"{self.path}?{urlencode(self.ask(self._random))}"
        return f"GET {address} HTTP/1.1\r\nHost: localhost\r\nOrigin: {_ORIGIN}\r\n\r\n".encode()


def _the_same(_: Random) -> list[tuple[str, str]]:
    return [("article", "article-7"), ("limit", str(_LISTED))]


def _any(random: Random) -> list[tuple[str, str]]:
    return [("article", f"article-{random.randrange(_ARTICLES)}"), ("limit", str(_LISTED))]


def _same_front_page(_: Random) -> list[tuple[str, str]]:
    return [("article", f"article-{number}") for number in range(_COUNTED)]


def _any_front_page(random: Random) -> list[tuple[str, str]]:
    return [("article", f"article-{n}") for n in random.sample(range(_ARTICLES), _COUNTED)]


_ASKED: Final = {
    f"{_LISTED} comments of the day's article": ("/comments", _the_same),
    f"{_LISTED} comments of any article": ("/comments", _any),
    f"counts of the same {_COUNTED} articles": ("/counts", _same_front_page),
    f"counts of any {_COUNTED} articles": ("/counts", _any_front_page),
}


def fill(session: Session, *, count: int) -> str:
    """Store ``count`` comments under two thousand articles; return a public key of the site."""
    site = stored_site(session, "bench")
    author = an_author(site)
    session.add(author)
    session.flush()
    session.execute(
        text(
            "INSERT INTO articles (id, site_id, external_id, url, title, is_open, "
            "published_count, created_at) SELECT uuidv7(), :site, 'article-' || n, "
            "'https://news.example/' || n, 'Article ' || n, true, 0, now() "
            "FROM generate_series(0, CAST(:articles AS integer) - 1) AS n"
        ),
        {"site": site.id, "articles": _ARTICLES},
    )
    tops = count * 6 // 10
    given = {"site": site.id, "author": author.id, "count": tops, "articles": _ARTICLES}
    for first in range(1, tops + 1, _AT_ONCE):
        last = min(tops, first + _AT_ONCE - 1)
        session.execute(_FILL, given | {"first": first, "last": last})
    for statement in _AFTERWARDS:
        session.execute(statement)
    key = public_keys.add(session, site, origins=[_ORIGIN], now=datetime.now(UTC))
    return key.text


def _started(
    name: str, app: str, servers: Servers, folder: Path, *more: str
) -> tuple[Running, int]:
    port = free_port()
    environment = {
        "PARLEY_DATABASE_URL": servers.database_url,
        "PARLEY_REDIS_URL": servers.redis_url,
        "PARLEY_EMBED__READS_PER_MINUTE": str(10**9),
    }
    options = ("--no-access-log", "--log-level=warning", f"--port={port}", *more)
    process = Running("uvicorn", app, *options, environment=environment, log=folder / f"{name}.log")
    return process, port


def _measure(port: int, path: str, name: str, *, seconds: float, turn: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_embed", "--port", str(port)]
    command += ["--path", path, "--ask", name, "--seconds", str(seconds), "--turn", str(turn)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=seconds + 60)  # noqa: S603
    found = [float(each) for each in done.stdout.split()]
    return dict(zip(("per_second", "p50_ms", "p99_ms"), found, strict=True))


def _send(port: int, path: str, name: str, *, seconds: float, turn: int) -> None:
    load = Reads(path=path, run=turn, ask=_ASKED[name][1])
    figures = asyncio.run(run(load, port=port, connections=_CONNECTIONS, seconds=seconds))
    if set(load.statuses) != {200}:
        sys.exit(f"answers that are not 200: {load.statuses}")
    print(figures["per_second"], figures["p50_ms"], figures["p99_ms"])  # noqa: T201


def _compare(ports: dict[str, int], key: str, *, seconds: float, rounds: int) -> Table:
    table = Table("", "", "requests/s", "p50 ms", "p99 ms")
    for name, (path, _) in _ASKED.items():
        paths = {"floor": path, "parley": f"/embed/v1/{key}{path}"}
        found: dict[str, list[dict[str, float]]] = {each: [] for each in ports}
        for turn in range(rounds + 1):
            for each, port in ports.items():
                figures = _measure(port, paths[each], name, seconds=seconds, turn=turn)
                # The first turn warms caches and connections.
                found[each] += [figures] if turn else []
        for each, turns in found.items():
            middle = sorted(turns, key=lambda figures: figures["per_second"])[len(turns) // 2]
            table.add_row(
                name if each == "floor" else "",
                each,
                f"{middle['per_second']:,.0f}",
                f"{middle['p50_ms']:.1f}",
                f"{middle['p99_ms']:.1f}",
            )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    for own in ("--path", "--ask"):
        parser.add_argument(own, help=argparse.SUPPRESS)
    for own in ("--port", "--turn"):
        parser.add_argument(own, type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.port:
        _send(given.port, given.path, given.ask, seconds=given.seconds, turn=given.turn)
        return
    console = Console()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as made, ExitStack() as running:
        folder = Path(made)
        servers = running.enter_context(embedded.start(folder))
        engine = create_engine(sync_url(servers.database_url))
        schema.migrate(engine)
        with console.status(f"Storing {given.comments:,} comments…"):
            with Session(engine) as session, session.begin():
                key = fill(session, count=given.comments)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()
        ports = {}
        for name, app, *more in (
            ("floor", "tests.bench.floor_reads:app"),
            ("parley", "service.asgi:app", "--factory"),
        ):
            process, ports[name] = _started(name, app, servers, folder, *more)
            running.enter_context(process)
            wait_until(lambda port=ports[name]: _answers(port), seconds=120)  # type: ignore[misc]
        table = _compare(ports, key, seconds=given.seconds, rounds=given.rounds)
    table.title = f"{given.comments:,} comments under {_ARTICLES:,} articles, one process"
    console.print(table)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
