"""How many comments one web process takes in, beside the floor, measured in the same run.

    python -m tests.bench.bench_ingest

Everything is real: PostgreSQL and the Redis-protocol server with the settings that `parley up`
gives them (durable), in a folder of their own; uvicorn in one process with uvloop and httptools;
32 keep-alive connections from a process of their own. Floor and Parley take turns, so that whatever
else the machine does touches both alike.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from service import schema
from service.database_url import sync_url
from service.machine import embedded
from service.machine.embedded import Servers
from service.sites import actions as sites
from tests.bench import floor_app

BAR = 0.5
_APPS = {"floor": "tests.bench.floor_app:app", "parley": "service.asgi:app"}
Figures = dict[str, float]


@contextmanager
def _web(name: str, servers: Servers) -> Iterator[int]:
    """Run one uvicorn process; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", _APPS[name], "--port", str(port)]
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    addresses = {
        "PARLEY_DATABASE_URL": servers.database_url,
        "PARLEY_REDIS_URL": servers.redis_url,
    }
    factory = ["--factory"] if name == "parley" else []
    process = subprocess.Popen([*command, *options, *factory], env=os.environ | addresses)  # noqa: S603
    try:
        _await_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    sys.exit("uvicorn did not start")


def _prepare(servers: Servers) -> str:
    """Migrate, make a site; return its key."""
    engine = create_engine(sync_url(servers.database_url))
    schema.migrate(engine)
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        session.execute(text(floor_app.TABLE))
        site = sites.create_site(
            session, slug="bench", name="Bench", url="https://news.example", now=now
        )
        _, key = sites.issue_key(session, site, name="bench", by="bench", now=now)
    engine.dispose()
    return key


def _measure(port: int, *, key: str, run: int, seconds: float) -> Figures:
    command = [sys.executable, "-m", "tests.bench.load", "--port", str(port), "--key", key]
    command += ["--run", str(run), "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=seconds + 30)  # noqa: S603
    figures = json.loads(done.stdout)
    unexpected = set(figures.pop("statuses")) - {"202"}
    if unexpected:
        sys.exit(f"answers that are not 202: {unexpected}")
    return {name: float(value) for name, value in figures.items()}


def _take_turns(
    ports: dict[str, int], *, key: str, rounds: int, seconds: float
) -> dict[str, list[Figures]]:
    found: dict[str, list[Figures]] = {name: [] for name in ports}
    for name, port in ports.items():
        _measure(port, key=key, run=0, seconds=1)  # warms caches and connections
        del name
    for turn in range(1, rounds + 1):
        for name, port in ports.items():
            found[name].append(_measure(port, key=key, run=turn, seconds=seconds))
    return found


def _print(found: dict[str, list[Figures]]) -> float:
    """Print the figures; return how much of the floor is reached."""
    table = Table("", "requests/s", "p50 ms", "p99 ms", "rounds", title="POST /v1/comments")
    for name, rounds in found.items():
        table.add_row(
            name,
            f"{mean(f['per_second'] for f in rounds):,.0f}",
            f"{mean(f['p50_ms'] for f in rounds):.1f}",
            f"{mean(f['p99_ms'] for f in rounds):.1f}",
            "  ".join(f"{f['per_second']:,.0f}" for f in rounds),
        )
    Console().print(table)
    ratio = mean(f["per_second"] for f in found["parley"]) / mean(
        f["per_second"] for f in found["floor"]
    )
    Console().print(f"ratio {ratio:.2f} (bar: {BAR} or more)")
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, ExitStack() as running:
        servers = running.enter_context(embedded.start(Path(folder)))
        key = _prepare(servers)
        ports = {name: running.enter_context(_web(name, servers)) for name in _APPS}
        found = _take_turns(ports, key=key, rounds=given.rounds, seconds=given.seconds)
    sys.exit(0 if _print(found) >= BAR else 1)


if __name__ == "__main__":
    main()
