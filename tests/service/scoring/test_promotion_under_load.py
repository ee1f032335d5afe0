"""Versions take turns while the web application scores: nothing fails, and nothing is mixed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event

import pytest
from httpx2 import Client
from sqlalchemy import func, select

from service.app import create_app
from service.comments.tables import Comment
from service.db import Database
from service.registry import actions as registry
from service.registry import queries as versions
from service.registry.queries import digest_of
from service.scoring.classifier import Classifier
from service.settings import Settings
from tests.factories.registry import offer
from tests.factories.submissions import a_sent_comment
from tests.fakes import UNCLEAR, Saying
from tests.served import served
from tests.service.keys import Caller

_SAYS = {b"a model": 0.11, b"another": 0.22, b"a third": 0.33}
_TEXTS = [*(f"Text {number}." for number in range(20)), f"One that is {UNCLEAR}.", "The last."]
_THREADS, _REQUESTS = 3, 60


def load(content: bytes) -> Classifier:
    made = Saying(version=digest_of(content))
    made.toxicity = _SAYS[content]
    return made


@pytest.fixture
def numbers(database: Database, now: datetime) -> list[int]:
    """Return three versions, the first of which decides."""
    with database.transaction() as session:
        first = registry.ensure_champion(session, **offer(), now=now)
        others = [
            registry.register(session, **offer(content), now=now)
            for content in (b"another", b"a third")
        ]
        return [first.id, *(each.id for each in others)]


@pytest.fixture
def address(settings: Settings, numbers: list[int]) -> Iterator[str]:
    """Serve an application that looks at the registry a hundred times a second."""
    assert numbers
    limits = settings.limits.model_copy(update=dict.fromkeys(_per_minute(settings), 1_000_000))
    app = create_app(settings.model_copy(update={"limits": limits}), load(b"a model"), load=load)
    app.state.registry_seen_every = timedelta(milliseconds=10)
    with served(app) as found:
        yield found


def _per_minute(settings: Settings) -> list[str]:
    return [name for name in type(settings.limits).model_fields if name.endswith("per_minute")]


def test_promotions_under_load_fail_no_request_and_mix_no_answer(
    address: str, database: Database, caller: Caller, numbers: list[int], now: datetime
) -> None:
    is_over = Event()

    def promote() -> int:
        turns = 0
        while not is_over.wait(0.005):
            with database.transaction() as session:
                registry.promote(session, versions.get(session, numbers[turns % 3]), now=now)
            turns += 1
        return turns

    def ask(of: int) -> list[tuple[str, set[float]]]:
        with Client(base_url=address, headers=caller.headers, timeout=60) as client:
            return [_both(client, f"{of}-{number}") for number in range(_REQUESTS)]

    with ThreadPoolExecutor() as threads:
        promoting = threads.submit(promote)
        try:
            asked = [threads.submit(ask, of) for of in range(_THREADS)]
            answers = [each for one in asked for each in one.result()]
        finally:
            is_over.set()
        assert promoting.result() > 3
    says = {digest_of(content): value for content, value in _SAYS.items()}
    assert [scores for _, scores in answers] == [{says[version]} for version, _ in answers]
    assert len({version for version, _ in answers}) > 1
    with database.transaction() as session:
        stored = session.scalar(select(func.count()).select_from(Comment))
    assert stored == _THREADS * _REQUESTS


def _both(client: Client, name: str) -> tuple[str, set[float]]:
    """Have texts scored, and send a comment; return which version answered, and its scores."""
    scored = client.post("/v1/score", json={"texts": _TEXTS})
    assert scored.status_code == 200, scored.text
    sent = client.post("/v1/comments", json=a_sent_comment(external_id=name))
    assert sent.status_code == 202, sent.text
    answer = scored.json()
    assert len(answer["results"]) == len(_TEXTS)
    return answer["model_version"], {each["scores"]["toxicity"] for each in answer["results"]}
