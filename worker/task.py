"""From a job's class to its handler; and what becomes of a job that fails, by the kind of error."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import InterfaceError, OperationalError

from service import metrics
from service.errors import Invalid, ModerationError, RateLimited, Unavailable
from service.jobs import Job
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

TRIES_MAX = 6
_FIRST_WAIT = timedelta(seconds=1)

JOBS = Counter(
    "parley_jobs",
    "Jobs of the worker: done, to be tried again, dropped as the state did not allow them, failed.",
    ("job", "outcome"),
    registry=metrics.REGISTRY,
)
JOB_SECONDS = Histogram(
    "parley_job_seconds",
    "How long a job took.",
    ("job",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
    registry=metrics.REGISTRY,
)

J = TypeVar("J", bound=Job)
Handler = Callable[[J, Workplace], None]
HANDLERS: dict[type[Job], Handler[Any]] = {}


class TryAgain(Exception):
    """The job is worth another try, after a while."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"again after {after}")
        self.after = after


def handles(job: type[J]) -> Callable[[Handler[J]], Handler[J]]:
    """Register a function as the one that does ``job``."""

    def register(handler: Handler[J]) -> Handler[J]:
        HANDLERS[job] = handler
        return handler

    return register


def perform(job: Job, workplace: Workplace, *, tries: int) -> None:
    """Do ``job``. What is expected to go wrong is dropped, or raised as ``TryAgain``.

    Args:
        job: what to do.
        workplace: of this process.
        tries: how often it was tried before.

    Raises:
        TryAgain: a dependency was silent, or said when to come back.
        Exception: anything else is a bug of ours: it fails the task, and is logged as an error.
    """
    outcome = "failed"
    try:
        with JOB_SECONDS.labels(job.name).time():
            outcome = _perform(job, workplace, tries=tries)
    except TryAgain:
        outcome = "again"
        raise
    finally:
        JOBS.labels(job.name, outcome).inc()


def _perform(job: Job, workplace: Workplace, *, tries: int) -> str:
    """Do ``job``; return "done" or "dropped"."""
    try:
        HANDLERS[type(job)](job, workplace)
    except RateLimited as error:
        raise TryAgain(error.retry_after) from error
    except (Unavailable, OperationalError, InterfaceError) as error:
        _log.warning("job_interrupted", tries=tries, error=type(error).__name__)
        raise TryAgain(_FIRST_WAIT * 2**tries) from error
    except Invalid as error:
        _log.error("job_meaningless", code=error.code, detail=error.detail)
        return "dropped"
    except ModerationError as error:
        _log.info("job_dropped", code=error.code, detail=error.detail)
        return "dropped"
    return "done"
