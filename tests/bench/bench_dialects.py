"""What a call in each dialect costs, beside ``/v1/score``, measured in the same run.

    python -m tests.bench.bench_dialects

Everything is real: servers, the classifier that ships, one web process. First 50 calls a second for
a while, as a busy site would make them, then as many as eight connections get. No text comes twice,
so that nothing is answered from memory; `analyze again` shows what memory is worth.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx2
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service import schema
from service.database_url import sync_url
from service.dialects import coral_secrets
from service.machine import embedded
from service.sealing import Seal
from service.settings import DEVELOPMENT_SECRET
from service.sites import actions as sites
from tests.bench.load import a_text
from tests.running import free_port, wait_until, web
from tests.service.dialects import corals

BAR_MS = 100.0
PER_SECOND = 50
CONNECTIONS = 8
SITE = "https://news.example"
_numbers = count()


@dataclass(frozen=True)
class Asked:
    """A call: where to, and what for a text; sent as JSON unless ``send`` says how."""

    path: str
    body: Callable[[str], object]
    fresh: bool = True
    send: Callable[[str, str], dict[str, object]] | None = None

    def sent(self, text: str, key: str) -> dict[str, object]:
        """Return what the client's ``post`` takes beside the path."""
        if self.send is not None:
            return self.send(text, key)
        bearer = {"Authorization": f"Bearer {key}"}
        return {"params": {"key": key}, "json": self.body(text), "headers": bearer}


def _akismet(text: str, key: str) -> dict[str, object]:
    form = {"api_key": key, "blog": SITE, "user_ip": "203.0.113.7", "comment_content": text}
    return {"data": form}


def _coral(text: str, _: str) -> dict[str, object]:
    body = corals.body_of(text)
    signed = {"X-Coral-Signature": corals.signature(body, corals.SECRET)}
    return {"content": body, "headers": {"Content-Type": "application/json"} | signed}


def _nothing(_: str) -> None:
    return None


CALLS = {
    "POST /v1/score": Asked("/v1/score", lambda text: {"texts": [text]}),
    "analyze": Asked(
        "/v1alpha1/comments:analyze",
        lambda text: {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}},
    ),
    "analyze, by sentence": Asked(
        "/v1alpha1/comments:analyze",
        lambda text: {
            "comment": {"text": text},
            "requestedAttributes": {"TOXICITY": {}, "INSULT": {}},
            "spanAnnotations": True,
        },
    ),
    "analyze again": Asked(
        "/v1alpha1/comments:analyze",
        lambda text: {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}},
        fresh=False,
    ),
    "moderations": Asked("/v1/moderations", lambda text: {"input": text}),
    "comment-check": Asked("/1.1/comment-check", _nothing, send=_akismet),
    "Coral's phase": Asked("/coral/bench", _nothing, send=_coral),
}


class Caller:
    """Sends one call after another, and keeps how long each took."""

    def __init__(self, client: httpx2.AsyncClient, key: str, asked: Asked) -> None:
        self._client, self._key, self._asked = client, key, asked
        self._random = Random(next(_numbers))  # noqa: S311 - load, not secrets
        self.seconds: list[float] = []

    async def call(self) -> None:
        text = a_text(self._random) if self._asked.fresh else "The same text. Once more."
        started = time.perf_counter()
        sent: Any = self._asked.sent(text, self._key)
        answer = await self._client.post(self._asked.path, **sent)
        self.seconds.append(time.perf_counter() - started)
        answer.raise_for_status()

    async def steadily(self, seconds: float) -> None:
        """Call 50 times a second, whether the last call was answered or not."""
        waiting = []
        for number in range(int(seconds * PER_SECOND)):
            waiting.append(asyncio.create_task(self.call()))
            del number
            await asyncio.sleep(1 / PER_SECOND)
        await asyncio.gather(*waiting)

    async def at_most(self, seconds: float) -> float:
        """Call as often as eight connections can; return the calls per second."""
        before, started = len(self.seconds), time.perf_counter()

        async def go_on() -> None:
            while time.perf_counter() < started + seconds:
                await self.call()

        await asyncio.gather(*(go_on() for _ in range(CONNECTIONS)))
        return (len(self.seconds) - before) / (time.perf_counter() - started)

    def quantile(self, share: float) -> float:
        """Return in milliseconds how long all but so many calls took."""
        return 1000 * sorted(self.seconds)[int(len(self.seconds) * share)]


async def _measure(port: int, key: str, seconds: float) -> Iterator[tuple[str, list[float]]]:
    found = []
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        for name, asked in CALLS.items():
            await Caller(client, key, asked).steadily(1)  # warms caches and connections
            caller = Caller(client, key, asked)
            await caller.steadily(seconds)
            steady = [caller.quantile(0.5), caller.quantile(0.99)]
            found.append((name, [*steady, await caller.at_most(seconds)]))
    return iter(found)


def _print(found: Iterator[tuple[str, list[float]]]) -> float:
    """Print the figures; return the worst p99 of the dialects."""
    title = f"at {PER_SECOND} calls/s, and the most with {CONNECTIONS} connections"
    table = Table("", "p50 ms", "p99 ms", "calls/s", title=title)
    worst = 0.0
    for name, (p50, p99, per_second) in found:
        table.add_row(name, f"{p50:.1f}", f"{p99:.1f}", f"{per_second:,.0f}")
        worst = max(worst, p99 if not name.startswith("POST") else 0.0)
    Console().print(table)
    Console().print(f"worst p99 {worst:.1f} ms (bar: under {BAR_MS:.0f})")
    return worst


def _prepare(url: str) -> str:
    engine = create_engine(sync_url(url))
    schema.migrate(engine)
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        site = sites.create_site(session, slug="bench", name="Bench", url=SITE, now=now)
        _, key = sites.issue_key(session, site, name="bench", by="bench", now=now)
        seal = Seal(DEVELOPMENT_SECRET.encode())
        coral_secrets.add(session, site, corals.SECRET, seal=seal, now=now)
    engine.dispose()
    return key


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each part")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, ExitStack() as running:
        servers = running.enter_context(embedded.start(Path(folder) / "data"))
        key, port = _prepare(servers.database_url), free_port()
        environment = {
            "PARLEY_DATABASE_URL": servers.database_url,
            "PARLEY_REDIS_URL": servers.redis_url,
        }
        running.enter_context(web(environment, Path(folder) / "web.log", port=port))
        wait_until(lambda: _answers(port), seconds=60)
        found = asyncio.run(_measure(port, key, given.seconds))
    sys.exit(0 if _print(found) < BAR_MS else 1)


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False


if __name__ == "__main__":
    main()
