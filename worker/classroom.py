"""What a run of retraining needs of the world, and what its stages have brought so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from ml.duel import Points
from ml.encoder import Encoder, Remembering, available
from ml.stacked_prior import Adaptation
from service.db import Database
from service.learning import accepted, runs
from service.learning.due import Scope
from service.learning.states import RunState
from service.learning.tables import Run
from service.registry import queries as versions
from service.registry.errors import NoChampion
from service.registry.tables import ModelVersion
from service.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


def _encoder() -> Encoder | None:
    """Return one that reads each text once, however often both models ask."""
    found = available()
    return None if found is None else Remembering(found)


@dataclass(frozen=True, slots=True)
class Classroom:
    """What a run needs of the world: settings, the database, a clock, and who reads for meaning."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = _now
    adaptation: Adaptation = field(default_factory=Adaptation)
    encoder: Callable[[], Encoder | None] = _encoder


@dataclass(slots=True)
class Course:
    """A run under way, and what its stages have brought so far."""

    room: Classroom
    run_id: UUID
    scope: Scope
    is_refresh: bool
    champion: ModelVersion
    content: bytes
    points: Points
    encoder: Encoder | None

    def enter(self, stage: RunState) -> None:
        with self.room.database.transaction() as session:
            runs.enter(session, self.run_id, stage, now=self.room.clock())

    def tell(self, doing: str, share: float = 0.0) -> None:
        with self.room.database.transaction() as session:
            runs.tell(session, self.run_id, doing, share)


def opened(room: Classroom, run_id: UUID, scope: Scope) -> Course:
    """Return the run as it begins, and write down which champion it is to be measured against.

    Raises:
        NoChampion: nothing decides yet.
    """
    with room.database.transaction() as session:
        run = session.get_one(Run, run_id)
        champion = versions.champion(session, scope.site_id)
        if champion is None:
            raise NoChampion
        run.champion_id = champion.id
        content = versions.content(session, champion.digest)
        points = accepted.points(session, scope.site_ids)
        encoder = room.encoder()
        return Course(room, run_id, scope, run.is_refresh, champion, content, points, encoder)
