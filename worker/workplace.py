"""What the jobs of one worker process share: settings, database, broker, the live classifier."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from service.broker import Broker
from service.database_url import sync_url
from service.db import Database
from service.policy.floods import FloodCounter
from service.registry.champion import Champion
from service.scoring.classifier import Classifier
from service.settings import Settings
from worker import predictor
from worker.postman import Postman


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Workplace:
    """Opened once for each process, after it was forked: connections are not shared."""

    settings: Settings
    database: Database
    broker: Broker
    champion: Champion[Classifier]
    floods: FloodCounter
    clock: Callable[[], datetime] = _now
    postman: Postman = field(default_factory=Postman)
    second_postman: Postman = field(default_factory=Postman)
    is_prepared: bool = False
    learner: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, settings: Settings) -> "Workplace":
        """Return a workplace, its connections not yet open and its classifier not yet loaded."""
        broker = Broker(settings.broker_url)
        load = partial(predictor.load, alone=not settings.scoring.second_tier)
        return cls(
            settings=settings,
            database=Database(sync_url(settings.postgres_url), publish=broker.publish),
            broker=broker,
            champion=Champion(load),
            floods=FloodCounter(settings.broker_url),
        )

    def close(self) -> None:
        self.postman.stop()
        self.second_postman.stop()
        self.database.close()
        self.floods.close()
        self.broker.close()
