"""What beat starts, and how often."""

from typing import Any

from service.broker import QUEUE
from service.jobs import Sweep
from service.settings import Settings


def beat_schedule(settings: Settings) -> dict[str, Any]:
    """Return Celery's schedule. A sweep that nobody took in time is not made up for."""
    every = settings.worker.sweep_every
    return {
        Sweep.name: {
            "task": Sweep.name,
            "schedule": every,
            "options": {"queue": QUEUE, "expires": every.total_seconds()},
        }
    }
