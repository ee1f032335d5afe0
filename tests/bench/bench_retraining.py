"""How long a run of retraining takes on many examples, and how much memory.

    python -m tests.bench.bench_retraining --corpora FOLDER [--examples 50000]

The texts of the public corpora play a site's comments, their labels its moderators' decisions. The
run is the process of use, on PostgreSQL in a folder of its own, with the model that ships and both
its tiers. Bars: ten minutes, 2 GB.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import create_engine

from ml.comparison import is_harmful
from ml.dataset import gather, join, without_doubles
from service import schema
from service.cli.retraining import COMMAND, environment
from service.database_url import sync_url
from service.db import Database
from service.learning import runs
from service.learning.states import Cause
from service.learning.tables import Run
from service.machine import embedded
from service.registry.champion import Champion
from service.settings import Settings
from tests.newsroom import a_newsroom
from worker import predictor

MINUTES_MAX, MEGABYTES_MAX = 10, 2_000
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds by the clock and of a processor, and the largest resident size."""

    seconds: float
    processor: float
    megabytes: float


def texts(root: Path, count: int) -> list[tuple[str, bool]]:
    """Return texts and whether each does harm, in an order that stands still.

    Raises:
        ValueError: the corpora hold fewer.
    """
    found = without_doubles(join(gather(root)))
    if len(found) < count:
        raise ValueError(f"The corpora hold {len(found)} texts, fewer than {count}.")
    rows = np.random.default_rng(1).permutation(len(found))[:count]
    harmful = is_harmful(found.targets)
    return [(found.texts[row], bool(harmful[row])) for row in rows]


def fill(database: Database, said: Sequence[tuple[str, bool]], *, now: datetime) -> UUID:
    """Have a newsroom decide on all of them, the last ones now; return its site."""
    with database.transaction() as session:
        newsroom = a_newsroom(session, now=now, moderators=6, readers=5_000)
        site_id = newsroom.site.id
    for start in range(0, len(said), _AT_ONCE):
        at = now - timedelta(minutes=(len(said) - start) // 10)
        with database.transaction() as session:
            newsroom.decide(session, said[start : start + _AT_ONCE], at=at)
    return site_id


def measure(database: Database, settings: Settings, site_id: UUID) -> tuple[Run, Usage]:
    """Have a run made by a process of its own, and return it with what it took."""
    with database.transaction() as session:
        run_id = runs.ask(session, site_id, cause=Cause.PERSON, now=datetime.now(UTC)).id
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(COMMAND, env=environment(settings), check=True)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    usage = Usage(time.monotonic() - began, spent, after.ru_maxrss / 1024)
    with database.transaction() as session:
        return session.get_one(Run, run_id), usage


def say(run: Run, usage: Usage) -> None:
    """Print what it took, by stage."""
    console = Console()
    console.print(f"{run.state.value}: {run.why}", soft_wrap=True)
    console.print(
        f"{usage.seconds / 60:.1f} minutes ({usage.processor / 60:.1f} of a processor; at most"
        f" {MINUTES_MAX}), {usage.megabytes:.0f} MB (at most {MEGABYTES_MAX})"
    )
    for stage, seconds in run.stages.items():
        console.print(f"  {stage}: {seconds:.0f} s")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=os.environ.get("PARLEY_CORPORA"))
    parser.add_argument("--examples", type=int, default=50_000)
    asked = parser.parse_args(words)
    if asked.corpora is None:
        parser.error("name the folder of corpora by --corpora or PARLEY_CORPORA")
    now = datetime.now(UTC)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = embedded.start(folder, ephemeral=True)
        stack.callback(servers.stop)
        at = servers.start()
        engine = create_engine(sync_url(at.database_url))
        schema.migrate(engine)
        engine.dispose()
        database = Database(sync_url(at.database_url), publish=lambda _: None)
        stack.callback(database.close)
        settings = Settings(
            data=folder,
            database_url=SecretStr(at.database_url),
            redis_url=SecretStr(at.redis_url),
        )
        predictor.prepare(settings, database, Champion(predictor.load), now=now)
        site_id = fill(database, texts(Path(asked.corpora), asked.examples), now=now)
        say(*measure(database, settings, site_id))


if __name__ == "__main__":
    main()
