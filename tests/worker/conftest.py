from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from ml.labels import Language
from service.broker import Broker
from service.db import Database
from service.policy.floods import FloodCounter
from service.registry import actions as registry
from service.registry.champion import Champion
from service.scoring.classifier import Classifier
from service.settings import Settings
from tests.factories.registry import offer
from tests.fakes import FakePrediction, FakePredictor
from worker.workplace import Workplace


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


class ListeningBroker(Broker):
    """A broker that also keeps what was published, in order."""

    def __init__(self, redis_url: str) -> None:
        super().__init__(redis_url)
        self.published: list[str] = []

    def publish(self, job: object) -> None:
        self.published.append(type(job).__name__)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def broker(redis_url: str) -> Iterator[ListeningBroker]:
    broker = ListeningBroker(redis_url)
    yield broker
    broker.close()


@pytest.fixture
def champion(classifier: FakePredictor) -> Champion[Classifier]:
    def load(content: bytes) -> Classifier:
        assert content
        return classifier

    return Champion(load)


@pytest.fixture
def workplace(
    settings: Settings,
    database: Database,
    broker: ListeningBroker,
    champion: Champion[Classifier],
    clock: Clock,
) -> Iterator[Workplace]:
    """Return a workplace whose live classifier is the fake one."""
    with database.transaction() as session:
        registry.ensure_champion(session, **offer(), now=clock())
    floods = FloodCounter(settings.broker_url)
    workplace = Workplace(settings, database, broker, champion, floods, clock)
    yield workplace
    workplace.postman.stop()
    floods.close()


class Stumbling(FakePredictor):
    """Fails on a text that it cannot stand, and counts how often it is asked."""

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        if any("poison" in text for text in texts):
            raise ValueError("cannot be scored")
        return super().predict(texts, hints=hints)


@pytest.fixture
def stumbling(workplace: Workplace) -> Workplace:
    """Return the workplace with a classifier that one text makes fail."""

    def load(_: bytes) -> FakePredictor:
        return Stumbling()

    workplace.champion = Champion(load)
    return workplace
