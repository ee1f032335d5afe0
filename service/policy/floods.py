"""How many comments came in a sliding window: by author, by network, by article; and raids.

Kept in Redis as sorted sets, ordered by when a comment was *sent* and not by when it is counted: a
backlog that is worked off in seconds is no flood, and who is counted twice is counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
import structlog

_log = structlog.get_logger(__name__)

_SECONDS_TO_ANSWER = 1.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that came: ``member`` once under ``key``, however often it is said."""

    key: str
    member: str
    at: datetime
    within: timedelta


class FloodCounter:
    """Counts arrivals for all workers; opens its connection when it is first asked."""

    def __init__(self, redis_url: str) -> None:
        self._redis = redis.Redis.from_url(
            redis_url,
            socket_connect_timeout=_SECONDS_TO_ANSWER,
            socket_timeout=_SECONDS_TO_ANSWER,
        )

    def count(self, arrivals: Sequence[Arrival]) -> list[int]:
        """Note the arrivals; return for each how many came within its window, itself included.

        When Redis is silent each is counted as the only one: a flood is missed, no comment is lost.
        """
        if not arrivals:
            return []
        try:
            return self._counted(arrivals)
        except (redis.RedisError, OSError) as error:
            _log.warning("floods_not_counted", error=type(error).__name__)
            return [1] * len(arrivals)

    def close(self) -> None:
        self._redis.close()

    def _counted(self, arrivals: Sequence[Arrival]) -> list[int]:
        with self._redis.pipeline(transaction=False) as asked:
            for each in arrivals:
                asked.zadd(each.key, {each.member: each.at.timestamp()}, gt=True)
            for each in arrivals:
                first = (each.at - each.within).timestamp()
                asked.zcount(each.key, f"({first}", each.at.timestamp())
            # Twice the window is kept, for workers that are behind others.
            for each in {each.key: each for each in arrivals}.values():
                asked.zremrangebyscore(each.key, "-inf", (each.at - 2 * each.within).timestamp())
                asked.expire(each.key, 2 * each.within)
            answers: list[Any] = asked.execute()
        return [int(answer) for answer in answers[len(arrivals) : 2 * len(arrivals)]]
