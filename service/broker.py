"""Publishes jobs, as a Celery client. Wake-ups of one kind are coalesced into one message.

The first publisher sets a mark in Redis and sends a message; others find the mark and stay silent.
The worker wipes the mark *before* it looks for work, so a row committed before the mark was seen is
always found by somebody. The mark also expires by itself, for the worker that died in between.
"""

from datetime import timedelta
from typing import Any

import redis
import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from service.jobs import Job

_log = structlog.get_logger(__name__)

QUEUE = "parley"
_MARK_LIFETIME = timedelta(seconds=2)
_SECONDS_TO_CONNECT = 1.0


def celery_settings(redis_url: str) -> dict[str, Any]:
    """Return what the client and the worker must agree on; JSON only, acknowledged when done."""
    return {
        "broker_url": redis_url,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_default_queue": QUEUE,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "socket_connect_timeout": _SECONDS_TO_CONNECT,
            "socket_timeout": 10,
            "visibility_timeout": 600,
        },
        "timezone": "UTC",
    }


class Broker:
    """Wakes workers. A broker that does not answer is logged and counted, never an error."""

    def __init__(self, redis_url: str) -> None:
        self._redis = redis.Redis.from_url(
            redis_url, socket_connect_timeout=_SECONDS_TO_CONNECT, socket_timeout=2
        )
        self._celery = Celery("parley", set_as_current=False)
        self._celery.conf.update(celery_settings(redis_url))

    def publish(self, job: Job) -> None:
        """Wake a worker for ``job``, unless one is about to wake up for it anyway."""
        try:
            if not self._redis.set(_mark(job), 1, nx=True, px=_MARK_LIFETIME):
                return
            self._celery.send_task(job.name, kwargs=job.arguments(), queue=QUEUE, retry=False)
        except (redis.RedisError, OperationalError, OSError) as error:
            # The row is the record that work is due, and the sweep finds it: delay, not loss.
            _log.warning("broker_silent", job=job.name, error=type(error).__name__)

    def wiped(self, job: Job) -> None:
        """Say that a worker has woken up for ``job`` and is about to look for work."""
        try:
            self._redis.delete(_mark(job))
        except redis.RedisError as error:
            _log.warning("broker_silent", job=job.name, error=type(error).__name__)

    def answers(self) -> bool:
        try:
            return bool(self._redis.ping())
        except redis.RedisError:
            return False

    def close(self) -> None:
        self._redis.close()
        self._celery.close()


def _mark(job: Job) -> str:
    return "parley:woken:" + ":".join((job.name, *job.arguments().values()))
