"""The Celery application: `celery --app worker.app:app worker`.

The environment is read when Celery asks for its configuration, not when this is imported.
"""

from functools import lru_cache
from typing import Any

import structlog
import threadpoolctl
from celery import Celery, Task, signals
from prometheus_client import start_http_server
from sqlalchemy.exc import SQLAlchemyError

from service import logs, metrics
from service.broker import Broker, celery_settings
from service.errors import Unavailable
from service.jobs import DeliverWebhooks, Job, ScoreComments, ScoreUnclear
from service.settings import Settings
from worker import (
    deliver_webhooks,
    predictor,
    rescore,
    retrain,
    score_comments,
    score_shadow,
    score_unclear,
    sweep,
    tell_wordpress,
    tidy,
    watch_drift,
)
from worker.schedule import beat_schedule
from worker.task import HANDLERS, TRIES_MAX, TryAgain, perform
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

# Importing a handler's module is what registers it.
HANDLER_MODULES = (
    deliver_webhooks,
    rescore,
    retrain,
    score_comments,
    score_shadow,
    score_unclear,
    sweep,
    tell_wordpress,
    tidy,
    watch_drift,
)
_SECONDS_TO_START = 60.0


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings()


@lru_cache(maxsize=1)
def workplace() -> Workplace:
    """Return this process's own workplace; a forked process opens another."""
    return Workplace.open(settings())


def _configuration() -> dict[str, Any]:
    return celery_settings(settings().broker_url) | {
        "beat_schedule": beat_schedule(settings()),
        # Loading the classifier takes a moment, and more than one on a busy machine.
        "worker_proc_alive_timeout": _SECONDS_TO_START,
        # The broker may be away for as long as it likes; the tables remember.
        "broker_connection_max_retries": None,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
    }


def _run(task: Task, job: Job) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job=job.name, task=task.request.id)
    place = workplace()
    prepare_once(place)
    try:
        perform(job, place, tries=task.request.retries)
    except TryAgain as wish:
        if task.request.retries < TRIES_MAX:
            raise task.retry(countdown=wish.after.total_seconds(), max_retries=None) from wish
        # The sweep starts it anew.
        _log.error("job_given_up", tries=TRIES_MAX)


def _register(celery: Celery, job: type[Job]) -> None:
    def task(self: Task, **arguments: str) -> None:
        _run(self, job.from_arguments(arguments))

    celery.task(name=job.name, bind=True)(task)


app = Celery("parley", set_as_current=False)
app.add_defaults(_configuration)
for each in HANDLERS:
    _register(app, each)


def configure_logs(**_: object) -> None:
    """Log as the rest of Parley does; that this listens keeps Celery from its own way."""
    logs.configure(as_json=settings().is_production)


def open_workplace(**_: object) -> None:
    """Load the classifier before the first comment asks for it."""
    # The worker's processes share the processors already; more threads would only get in each
    # other's way.
    threadpoolctl.threadpool_limits(1)
    workplace.cache_clear()
    prepare_once(workplace())


def prepare_once(place: Workplace) -> None:
    """See that a classifier is live and loaded; where that fails, the next job tries again.

    A job is done all the same: deliveries and deadlines need no classifier.
    """
    if place.is_prepared:
        return
    try:
        predictor.prepare(place.settings, place.database, place.champion, now=place.clock())
    except (SQLAlchemyError, Unavailable) as error:
        _log.error("classifier_not_loaded", error=type(error).__name__)
    else:
        place.is_prepared = True


def close_workplace(**_: object) -> None:
    workplace().close()


def look_for_work(**_: object) -> None:
    """Begin with what waits already: whoever was to be woken for it may have died."""
    broker = Broker(settings().broker_url)
    for job in (ScoreComments(), ScoreUnclear(), DeliverWebhooks()):
        broker.publish(job)
    broker.close()


def tell_prometheus(**_: object) -> None:
    """Have a worker by itself answer for its processes; the port is taken after they were forked.

    Where another program has taken it since the worker began, that is logged, and the work goes on.
    """
    port = settings().worker.metrics_port
    if port is None:
        return
    try:
        start_http_server(port, addr=settings().web.host, registry=metrics.counted())
    except OSError as error:
        _log.error("metrics_not_told", port=port, error=str(error))


signals.setup_logging.connect(configure_logs)
signals.worker_process_init.connect(open_workplace)
signals.worker_process_shutdown.connect(close_workplace)
signals.worker_ready.connect(look_for_work)
signals.worker_ready.connect(tell_prometheus)
