"""The table of contents of all that happens asynchronously.

A job says "there is work", never "do this row": the tables hold what is due, so a lost or doubled
message costs delay, not data. ``service`` publishes by name, ``worker`` handles by class.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar, Self

from sqlalchemy.orm import Session

_KEY = "jobs"


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done soon, outside the request; safe to run twice."""

    name: ClassVar[str]

    def arguments(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_arguments(cls, arguments: dict[str, str]) -> Self:
        return cls(**arguments)


@dataclass(frozen=True, slots=True)
class ScoreComments(Job):
    """Comments are pending: score and decide them until none is left."""

    name: ClassVar[str] = "score_comments"


@dataclass(frozen=True, slots=True)
class ScoreUnclear(Job):
    """Comments are unclear at first sight: look closer at a few, and again until none is left."""

    name: ClassVar[str] = "score_unclear"


@dataclass(frozen=True, slots=True)
class DeliverWebhooks(Job):
    """Deliveries are due: send them until none is left."""

    name: ClassVar[str] = "deliver_webhooks"


@dataclass(frozen=True, slots=True)
class TellWordPress(Job):
    """Moderators have decided what a WordPress waits for: tell it."""

    name: ClassVar[str] = "tell_wordpress"


@dataclass(frozen=True, slots=True)
class Sweep(Job):
    """Time has passed: find what was forgotten, and wake who does it."""

    name: ClassVar[str] = "sweep"


@dataclass(frozen=True, slots=True)
class Tidy(Job):
    """Time has passed: end what is over, and forget what was kept long enough."""

    name: ClassVar[str] = "tidy"


@dataclass(frozen=True, slots=True)
class WatchDrift(Job):
    """A day has passed: measure how far each site's comments have moved."""

    name: ClassVar[str] = "watch_drift"


@dataclass(frozen=True, slots=True)
class Retrain(Job):
    """A run of retraining may be due, or asked for: see, and begin it in a process of its own."""

    name: ClassVar[str] = "retrain"


@dataclass(frozen=True, slots=True)
class ScoreShadow(Job):
    """A version scores beside the champion: have it score what was decided lately."""

    name: ClassVar[str] = "score_shadow"


@dataclass(frozen=True, slots=True)
class Rescore(Job):
    """Somebody wants old comments scored again: do so while nothing else waits."""

    name: ClassVar[str] = "rescore"


CATALOGUE: tuple[type[Job], ...] = (
    Retrain,
    ScoreShadow,
    Rescore,
    ScoreComments,
    ScoreUnclear,
    DeliverWebhooks,
    TellWordPress,
    Sweep,
    Tidy,
    WatchDrift,
)


def enqueue(session: Session, job: Job) -> None:
    """Have ``job`` published once this session's transaction has been committed, once."""
    session.info.setdefault(_KEY, {})[job] = None


def take_enqueued(session: Session) -> tuple[Job, ...]:
    """Return what was enqueued, in order, and forget it."""
    return tuple(session.info.pop(_KEY, {}))
