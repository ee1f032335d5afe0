"""A whole Parley, as processes of its own: web, worker, and beat where a journey needs it."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx2
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ml import corpora
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions.tables import Decision
from service.scoring.tables import Score
from tests import running
from tests.service.keys import Caller, a_caller

_SUITES = Path(corpora.__file__).parent / "suites"
_SETTINGS = {
    # A slow machine must not make a comment wait so long that it is decided without a score.
    "PARLEY_SCORING__DEADLINE": "PT10M",
    "PARLEY_WORKER__SWEEP_EVERY": "PT1S",
    "PARLEY_WEBHOOKS__ALLOW_PRIVATE_ADDRESSES": "true",
}


def texts(count: int) -> list[str]:
    """Return different comments: of a public corpus when it is at hand, else of our own writing."""
    root = os.environ.get("PARLEY_CORPORA")
    if root:
        examples = corpora.named("surge_toxicity").examples(Path(root))
        found = [example.text for example in examples]
    else:
        found = []
        for name in ("must_pass", "functional"):
            with (_SUITES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                found += [row["text"] for row in csv.DictReader(file)]
    fit = (text.strip() for text in dict.fromkeys(found))
    chosen = list(islice((text for text in fit if 1 <= len(text) <= 1000), count))
    # Few are at hand: then the same again, each with its own number.
    return [f"{chosen[n % len(chosen)]} ({n})" for n in range(count)]


@dataclass
class Installation:
    """Runs from ``with`` to its end; the test looks into the same database."""

    database: Database
    database_url: str
    redis_url: str
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._running = ExitStack()
        self.port = running.free_port()
        self.environment = {
            "PARLEY_DATABASE_URL": self.database_url,
            "PARLEY_REDIS_URL": self.redis_url,
            "PARLEY_DATA": str(self.folder),
            **_SETTINGS,
            **self.settings,
        }
        self.web = running.web(self.environment, self.folder / "web.log", port=self.port)
        self.worker = running.worker(self.environment, self.folder / "worker.log")
        self.beat = running.beat(self.environment, self.folder / "beat.log")
        self.caller: Caller = a_caller(self.database, "journey", now=datetime.now(UTC))

    def __enter__(self) -> Self:
        for process in (self.web, self.worker):
            self._running.enter_context(process)
        self.client = self._running.enter_context(
            httpx2.Client(
                base_url=f"http://127.0.0.1:{self.port}",
                headers=self.caller.headers,
                timeout=120,
                trust_env=False,
            )
        )
        running.wait_until(self._answers, seconds=180)
        self.worker.await_words("ready", seconds=180)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def start_beat(self) -> None:
        self._running.enter_context(self.beat)

    def post_all(self, bodies: Sequence[str], *, at_once: int = 16) -> list[dict[str, Any]]:
        """Post each body under its own external id, many at once; return the receipts."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self.post, enumerate(bodies)))

    def post(self, numbered: tuple[int, str]) -> dict[str, Any]:
        number, body = numbered
        sent = {
            "article": {
                "id": f"a-{number % 7}",
                "url": f"https://news.example/{number % 7}",
                "title": "Two states agree on their border",
            },
            "author": {"name": f"Reader {number % 50}"},
            "body": body,
            "external_id": f"c-{number}",
        }
        answer = self.client.post("/v1/comments", json=sent)
        assert answer.status_code in (200, 202), answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    def decided(self) -> int:
        """Return how many comments are decided."""
        with self.database.transaction() as session:
            return _count(session, Comment.status != Status.PENDING)

    def await_decided(self, count: int, *, seconds: float = 300) -> None:
        running.wait_until(lambda: self.decided() >= count, seconds=seconds)

    def assert_each_is_decided_once(self, ids: Iterable[UUID | str]) -> None:
        """Look at every comment: there, decided, by one decision that rests on one score."""
        wanted = sorted(str(each) for each in ids)
        with self.database.transaction() as session:
            stored = session.execute(select(Comment.id, Comment.status)).all()
            assert sorted(str(row.id) for row in stored) == wanted
            assert Status.PENDING not in {row.status for row in stored}
            for table in (Decision, Score):
                rows = session.scalars(select(table.comment_id)).all()
                assert sorted(map(str, rows)) == wanted

    def _answers(self) -> bool:
        if not self.web.is_running:
            raise AssertionError(self.web.log.read_text()[-2000:])
        try:
            return self.client.get("/healthz").is_success
        except httpx2.TransportError:
            return False


def _count(session: Session, *where: Any) -> int:  # noqa: ANN401 - SQLAlchemy's own kinds of clause
    return session.scalars(select(func.count()).where(*where)).one()
