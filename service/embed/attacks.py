"""Whether a site is under attack, and which work was used; kept in Redis, for all web processes.

When Redis is silent nobody is under attack and no work was used before: what is left to us then are
signatures and the limits that each process keeps by itself. No comment is lost to a lost cache.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import redis
import structlog

_log = structlog.get_logger(__name__)

_SECONDS_TO_ANSWER: Final = 1.0
_MINUTE: Final = timedelta(minutes=1)

Answer = TypeVar("Answer")


class Attacks:
    """Opens its connection when it is first asked; safe for several threads."""

    def __init__(self, redis_url: str, *, from_: int, lasts: timedelta) -> None:
        self._redis = redis.Redis.from_url(
            redis_url,
            socket_connect_timeout=_SECONDS_TO_ANSWER,
            socket_timeout=_SECONDS_TO_ANSWER,
        )
        self._from = from_
        self._lasts = lasts

    def note(self, site_id: UUID, *, now: datetime) -> bool:
        """Count a comment that is sent to the site, taken or not; say whether it is attacked."""
        return self._asked(lambda: self._note(site_id, now), otherwise=False)

    def is_on(self, site_id: UUID) -> bool:
        """Say whether the site is under attack, or was within the last minutes."""
        return self._asked(lambda: bool(self._redis.exists(_attack(site_id))), otherwise=False)

    def use(self, challenge: str, *, until: datetime, now: datetime) -> bool:
        """Use up a challenge that is solved; say whether this was the first time."""
        left = max(until - now, timedelta(seconds=1))
        key = f"parley:embed:work:{challenge}"
        return self._asked(
            lambda: bool(self._redis.set(key, b"", nx=True, px=left)), otherwise=True
        )

    def close(self) -> None:
        self._redis.close()

    def _note(self, site_id: UUID, now: datetime) -> bool:
        minute = int(now.timestamp() // _MINUTE.total_seconds())
        with self._redis.pipeline(transaction=False) as asked:
            sent = f"parley:embed:sent:{site_id}:{minute}"
            asked.incr(sent)
            asked.expire(sent, 2 * _MINUTE)
            asked.exists(_attack(site_id))
            answers: list[Any] = asked.execute()
        count, _, is_on = answers
        if count < self._from:
            return bool(is_on)
        self._redis.set(_attack(site_id), b"", px=self._lasts)
        if not is_on:
            _log.error("site_attacked", site_id=str(site_id), comments_in_a_minute=count)
        return True

    def _asked(self, ask: Callable[[], Answer], *, otherwise: Answer) -> Answer:
        try:
            return ask()
        except (redis.RedisError, OSError) as error:
            _log.warning("attacks_unseen", error=type(error).__name__)
            return otherwise


def _attack(site_id: UUID) -> str:
    return f"parley:embed:attack:{site_id}"
