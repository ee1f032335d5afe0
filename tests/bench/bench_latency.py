"""How long a comment takes from POST to its decision, at a steady rate, beside the bare POST.

    python -m tests.bench.bench_latency

Everything is real: PostgreSQL and the Redis-protocol server with the settings that `parley up`
gives them (durable), one web process, one worker of two processes, the model that ships with both
its tiers, the mix of `bench_cascade`. Comments
are sent at their appointed times whether or not earlier ones were answered, and every second is
measured from the appointed time, so that a stall is not hidden by the sender's own waiting.

A comment is sent with `Prefer: wait=10`, so its answer is its decision. The floor is the same
request without it: what it takes to store a comment and say so.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import httpx2
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service import schema
from service.database_url import sync_url
from service.machine import embedded
from service.machine.embedded import Servers
from service.sites import actions as sites
from tests import running
from tests.bench.bench_cascade import mix

BAR_MS = 300.0
DECIDED, ACCEPTED = 200, 202


@dataclass(frozen=True, slots=True)
class Load:
    """Comments to send at a steady rate, each under an external id of its own."""

    url: str
    key: str
    name: str
    per_second: int
    bodies: list[str]
    waits: bool

    async def measure(self) -> list[float]:
        """Return the milliseconds of each comment, in order."""
        # Shorter than the server keeps an idle connection, or both would close and use it at once.
        limits = httpx2.Limits(max_connections=200, keepalive_expiry=2)
        async with httpx2.AsyncClient(
            base_url=self.url, timeout=30, limits=limits, trust_env=False
        ) as client:
            started = time.perf_counter() + 0.1
            sent = (self._send(client, number, started) for number in range(len(self.bodies)))
            return await asyncio.gather(*sent)

    async def _send(self, client: httpx2.AsyncClient, number: int, started: float) -> float:
        due = started + number / self.per_second
        await asyncio.sleep(due - time.perf_counter())
        answer = await client.post(
            "/v1/comments", json=self._comment(number), headers=self._headers()
        )
        wanted = DECIDED if self.waits else ACCEPTED
        if answer.status_code != wanted:
            sys.exit(f"{answer.status_code} where {wanted} was expected: {answer.text}")
        return (time.perf_counter() - due) * 1000

    def _headers(self) -> dict[str, str]:
        asked = {"Prefer": "wait=10"} if self.waits else {}
        return {"Authorization": f"Bearer {self.key}", **asked}

    def _comment(self, number: int) -> dict[str, object]:
        article = number % 20
        return {
            "article": {
                "id": f"a-{article}",
                "url": f"https://news.example/{article}",
                "title": "Two states agree on their border",
            },
            "author": {"name": f"Reader {number % 500}"},
            "body": self.bodies[number],
            "external_id": f"{self.name}-{number}",
        }


def _prepare(servers: Servers) -> str:
    """Migrate, make a site; return its key."""
    engine = create_engine(sync_url(servers.database_url))
    schema.migrate(engine)
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        site = sites.create_site(
            session, slug="bench", name="Bench", url="https://news.example", now=now
        )
        _, key = sites.issue_key(session, site, name="bench", by="bench", now=now)
    engine.dispose()
    return key


def measure(folder: Path, *, per_second: int, seconds: int) -> dict[str, list[float]]:
    with ExitStack() as ending:
        servers = ending.enter_context(embedded.start(folder))
        key = _prepare(servers)
        environment = {
            "PARLEY_DATABASE_URL": servers.database_url,
            "PARLEY_REDIS_URL": servers.redis_url,
        }
        port = running.free_port()
        url = f"http://127.0.0.1:{port}"
        web = ending.enter_context(running.web(environment, folder / "web.log", port=port))
        worker = ending.enter_context(running.worker(environment, folder / "worker.log"))
        worker.await_words("ready", seconds=120)
        running.wait_until(lambda: _answers(url) or not web.is_running, seconds=60)
        count = per_second * seconds
        found: dict[str, list[float]] = {}
        for name, waits in (("warm-up", True), ("bare", False), ("decided", True)):
            bodies = mix(count if name != "warm-up" else per_second, seed=len(found))
            load = Load(url, key, name, per_second, bodies, waits)
            found[name] = asyncio.run(load.measure())
    return found


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", trust_env=False).is_success
    except httpx2.TransportError:
        return False


def _print(found: dict[str, list[float]], *, per_second: int) -> float:
    """Print the figures; return the 99th percentile up to the decision."""
    names = {
        "bare": "POST: stored (floor)",
        "decided": "POST: scored, decided, answered",
        "warm-up": "the first second after the start",
    }
    title = f"From POST to decision, {per_second} comments/s"
    table = Table("", "comments", "p50 ms", "p90 ms", "p99 ms", "most ms", title=title)
    for name, label in names.items():
        cuts = quantiles(found[name], n=100)
        figures = (cuts[49], cuts[89], cuts[98], max(found[name]))
        table.add_row(label, str(len(found[name])), *(f"{each:.1f}" for each in figures))
    Console().print(table)
    reached = quantiles(found["decided"], n=100)[98]
    Console().print(f"p99 {reached:.0f} ms (bar: {BAR_MS:.0f} ms or less)")
    return reached


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        found = measure(Path(folder), per_second=given.per_second, seconds=given.seconds)
    sys.exit(0 if _print(found, per_second=given.per_second) <= BAR_MS else 1)


if __name__ == "__main__":
    main()
