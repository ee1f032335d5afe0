"""What beat starts, and how often."""

from datetime import timedelta
from typing import Any, Final

from service.broker import QUEUE
from service.jobs import Retrain, Sweep, Tidy, WatchDrift
from service.settings import Settings

_TIDY_EVERY: Final = timedelta(minutes=1)
# As often as cron can mean; a look at what is due costs little.
_LOOK_AT_SCHEDULES_EVERY: Final = timedelta(minutes=1)
_DRIFT_EVERY: Final = timedelta(days=1)


def beat_schedule(settings: Settings) -> dict[str, Any]:
    """Return Celery's schedule. What nobody took in time is not made up for."""
    every = {
        Sweep.name: settings.worker.sweep_every,
        Tidy.name: _TIDY_EVERY,
        Retrain.name: _LOOK_AT_SCHEDULES_EVERY,
        WatchDrift.name: _DRIFT_EVERY,
    }
    return {
        name: {
            "task": name,
            "schedule": pause,
            "options": {"queue": QUEUE, "expires": pause.total_seconds()},
        }
        for name, pause in every.items()
    }
