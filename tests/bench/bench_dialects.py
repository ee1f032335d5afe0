"""What a call in each dialect costs, beside ``/v1/score``, measured in the same run.

    python -m tests.bench.bench_dialects

Everything is real: servers, the classifier that ships, one web process. First 50 calls a second for
a while, as a busy site would make them, then as many as eight connections get. No text comes twice,
so that nothing is answered from memory; `analyze again` shows what memory is worth.

Prints what docs/dialects.md has, ready to be pasted between its marks. Of the columns, ``cpu`` is
the web process's own time for one call, which others on the machine distort least; ``first`` is the
share of texts that were unclear and answered by the first sight all the same.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import psutil
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service import schema
from service.database_url import sync_url
from service.dialects import coral_secrets
from service.machine import embedded
from service.scoring.looks import Sight
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
    "`POST /v1/score`": Asked("/v1/score", lambda text: {"texts": [text]}),
    "`analyze`": Asked(
        "/v1alpha1/comments:analyze",
        lambda text: {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}},
    ),
    "`analyze`, by sentence": Asked(
        "/v1alpha1/comments:analyze",
        lambda text: {
            "comment": {"text": text},
            "requestedAttributes": {"TOXICITY": {}, "INSULT": {}},
            "spanAnnotations": True,
        },
    ),
    "`analyze`, the same text again": Asked(
        "/v1alpha1/comments:analyze",
        lambda text: {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}},
        fresh=False,
    ),
    "`moderations`": Asked("/v1/moderations", lambda text: {"input": text}),
    "`comment-check`": Asked("/1.1/comment-check", _nothing, send=_akismet),
    "Coral's phase": Asked("/coral/bench", _nothing, send=_coral),
}


@dataclass(frozen=True)
class Counted:
    """What the web process has spent and counted so far."""

    cpu_seconds: float
    texts: float
    at_first_sight: float

    def share_since(self, before: "Counted") -> float:
        """Return the share of texts since then that were unclear and not looked at closely."""
        texts = self.texts - before.texts
        return (self.at_first_sight - before.at_first_sight) / texts if texts else 0.0


class Web:
    """The web process from outside: its time, and its own counters."""

    def __init__(self, client: httpx2.AsyncClient, pid: int) -> None:
        self._client, self._process = client, psutil.Process(pid)

    async def counted(self) -> Counted:
        spent = self._process.cpu_times()
        text = (await self._client.get("/metrics")).text
        found = {
            sample.labels["by"]: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "parley_texts_scored_at_once_total"
        }
        first = found.get(Sight.FIRST_SIGHT.value, 0.0)
        return Counted(spent.user + spent.system, sum(found.values()), first)


class Caller:
    """Sends one call after another, and keeps how long each took."""

    def __init__(self, client: httpx2.AsyncClient, key: str, asked: Asked) -> None:
        self._client, self._key, self._asked = client, key, asked
        self._random = Random(next(_numbers))  # noqa: S311 - load, not secrets
        self.seconds: list[float] = []
        self.failures: Counter[str] = Counter()

    async def call(self) -> None:
        text = a_text(self._random) if self._asked.fresh else "The same text. Once more."
        started = time.perf_counter()
        sent: Any = self._asked.sent(text, self._key)
        answer = await self._client.post(self._asked.path, **sent)
        self.seconds.append(time.perf_counter() - started)
        if not answer.is_success:
            self.failures[f"{answer.status_code} {answer.text[:120]}"] += 1

    async def steadily(self, seconds: float) -> None:
        """Call 50 times a second, whether the last call was answered or not."""
        waiting = []
        started = time.perf_counter()
        for number in range(int(seconds * PER_SECOND)):
            await asyncio.sleep(max(0.0, started + number / PER_SECOND - time.perf_counter()))
            waiting.append(asyncio.create_task(self.call()))
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


@dataclass(frozen=True)
class Measured:
    """One row of the table."""

    name: str
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    first_sight: float
    per_second: float
    first_sight_at_most: float
    failures: Counter[str]

    @property
    def cells(self) -> list[str]:
        return [
            self.name,
            f"{self.p50_ms:.1f}",
            f"{self.p99_ms:.1f}",
            f"{self.cpu_ms:.1f}",
            f"{self.first_sight:.1%}",
            f"{self.per_second:,.0f}",
            f"{self.first_sight_at_most:.1%}",
        ]


_COLUMNS = ("call", "p50 ms", "p99 ms", "cpu ms", "first", "calls/s", "first then")


async def _measure(port: int, pid: int, key: str, seconds: float) -> list[Measured]:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        web = Web(client, pid)
        return [await _measured(web, client, key, name, seconds) for name in CALLS]


async def _measured(
    web: Web, client: httpx2.AsyncClient, key: str, name: str, seconds: float
) -> Measured:
    await Caller(client, key, CALLS[name]).steadily(1)  # warms caches and connections
    caller = Caller(client, key, CALLS[name])
    before = await web.counted()
    await caller.steadily(seconds)
    after = await web.counted()
    p50, p99 = caller.quantile(0.5), caller.quantile(0.99)
    spent = 1000 * (after.cpu_seconds - before.cpu_seconds) / len(caller.seconds)
    per_second = await caller.at_most(seconds)
    share_at_most = (await web.counted()).share_since(after)
    return Measured(
        name, p50, p99, spent, after.share_since(before), per_second, share_at_most, caller.failures
    )


def _print(found: list[Measured]) -> bool:
    """Print the figures; say whether every dialect kept to the bar, and no call failed."""
    rows = (_COLUMNS, ("---",) * len(_COLUMNS), *(each.cells for each in found))
    say = sys.stdout.write
    say("".join(f"| {' | '.join(row)} |\n" for row in rows))
    worst = max(each.p99_ms for each in found if not each.name.startswith("`POST"))
    failed = 0
    for each in found:
        for what, times in each.failures.items():
            failed += times
            say(f"{times} × {each.name} answered {what}\n")
    load = psutil.getloadavg()[0] / (psutil.cpu_count() or 1)
    say(f"\nworst p99 {worst:.1f} ms (bar: under {BAR_MS:.0f}); {failed} calls failed;\n")
    say(f"tasks ready to run per processor at the end, these ones included: {load:.1f}\n")
    return worst < BAR_MS and not failed


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
        server = web(environment, Path(folder) / "web.log", port=port)
        pid = running.enter_context(server).pid
        wait_until(lambda: _answers(port), seconds=60)
        found = asyncio.run(_measure(port, pid, key, given.seconds))
    sys.exit(0 if _print(found) else 1)


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False


if __name__ == "__main__":
    main()
