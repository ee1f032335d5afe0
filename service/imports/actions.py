"""Reads a file into a site, a batch at a time; interrupted, it goes on where it was."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.db import Database, new_id
from service.imports.errors import ImportRunning
from service.imports.formats import READERS, Format
from service.imports.rows import Past, Problem, Row, Tally
from service.imports.storing import store
from service.imports.tables import Import
from service.sites.tables import Site

BATCH_ROWS = 500
_CHUNK_BYTES = 1 << 20

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Report:
    """What came of an import: counts over all of its runs, and this run's problems."""

    tally: Tally = field(default_factory=Tally)
    problems: list[Problem] = field(default_factory=list)
    resumed_at: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What to read, and what to make of comments of which the file does not say what became.

    ``unknown`` is None to leave these out.
    """

    path: Path
    format: Format
    unknown: Past | None = None
    dry_run: bool = False


def run(
    database: Database,
    site_id: UUID,
    wish: Wish,
    *,
    secret: bytes,
    clock: Clock,
    progress: Callable[[Tally], None] = lambda _: None,
) -> Report:
    """Import the file and return what came of it.

    Each batch is a transaction that also notes how far it got. A dry run does the same and takes
    every batch back, so it finds what the real one would.

    Raises:
        ImportRunning: somebody imports this file into this site just now.
    """
    reading = _Reading(database, site_id, wish, secret, clock, progress)
    with database.engine.connect() as guard:
        # Held by this connection: it goes with the process, however that ends.
        named = f"{site_id}{reading.digest}".encode()
        key = int.from_bytes(hashlib.blake2b(named, digest_size=7).digest(), "big")
        if not guard.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
            raise ImportRunning
        try:
            reading.read_on()
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
    return reading.report


class _TakenBack(Exception):
    pass


class _Reading:
    """One run over one file."""

    def __init__(  # noqa: PLR0917 - its only caller names them alike
        self,
        database: Database,
        site_id: UUID,
        wish: Wish,
        secret: bytes,
        clock: Clock,
        progress: Callable[[Tally], None],
    ) -> None:
        self._database, self._site_id, self._wish = database, site_id, wish
        self._secret, self._clock, self._progress = secret, clock, progress
        self._dry: set[str] = set()
        self.digest = _digest(wish.path)
        self.report = Report()

    def read_on(self) -> None:
        if not self._wish.dry_run:
            self._begin()
        read = READERS[self._wish.format](self._wish.path)
        rows = islice(read, self.report.resumed_at, None)
        while batch := list(islice(rows, BATCH_ROWS)):
            with suppress(_TakenBack), self._database.transaction() as session:
                self._store(session, batch)
            self._progress(self.report.tally)
        if not self._wish.dry_run:
            with self._database.transaction() as session:
                self._noted(session).finished_at = self._clock()

    def _begin(self) -> None:
        with self._database.transaction() as session:
            session.execute(
                insert(Import)
                .values(
                    id=new_id(),
                    site_id=self._site_id,
                    file_digest=self.digest,
                    format=self._wish.format,
                    rows_done=0,
                    tally={},
                    started_at=self._clock(),
                )
                .on_conflict_do_nothing()
            )
            begun = self._noted(session)
            self.report.resumed_at = begun.rows_done
            if begun.tally:
                self.report.tally = Tally(**begun.tally)

    def _store(self, session: Session, batch: Sequence[Row | Problem]) -> None:
        tally = self.report.tally
        tally.read += len(batch)
        problems = [each for each in batch if isinstance(each, Problem)]
        given = [each for each in batch if isinstance(each, Row)]
        rows = list(_known(given, self._wish, problems))
        problems += store(
            session,
            session.get_one(Site, self._site_id),
            rows,
            tally,
            before=self._dry,
            secret=self._secret,
            now=self._clock(),
        )
        tally.left_out += sum(each.is_left_out for each in problems)
        self.report.problems += problems
        if self._wish.dry_run:
            self._dry |= {row.external_id for row in rows}
            raise _TakenBack
        noted = self._noted(session)
        noted.rows_done, noted.tally = tally.read, asdict(tally)

    def _noted(self, session: Session) -> Import:
        asked = select(Import).where(
            Import.site_id == self._site_id, Import.file_digest == self.digest
        )
        return session.scalars(asked).one()


def _known(rows: Sequence[Row], wish: Wish, problems: list[Problem]) -> Iterator[Row]:
    for row in rows:
        if row.past is not Past.UNKNOWN:
            yield row
        elif wish.unknown is not None:
            yield replace(row, past=wish.unknown)
        else:
            detail = "does not say what became of it: choose with --undecided"
            problems.append(Problem(row.place, detail))


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            found.update(chunk)
    return f"sha256:{found.hexdigest()}"
