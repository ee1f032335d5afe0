"""Rate limits kept in Redis, shared by all web processes.

Asking Redis at every request would cost as much as storing the comment, so each process takes
permits in small blocks and spends them locally: the limit may be off by one block (a hundredth)
for each process. When Redis is silent, each process counts for itself: comments are not lost to a
lost cache.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from threading import Lock

import limits
import limits.storage
import limits.strategies
import redis
import structlog
from redis import RedisError

from service.errors import RateLimited

_log = structlog.get_logger(__name__)

_BLOCKS_PER_WINDOW = 100
_BLOCKS_KEPT = 10_000
_PREFIX_BITS = 64


_SECONDS_WITHOUT_ASKING = 5.0


@dataclass(slots=True)
class _Block:
    permits: int = 0
    expires_at: float = 0.0
    refill: Lock = field(default_factory=Lock)

    def spend(self) -> bool:
        if self.permits < 1 or self.expires_at < time.monotonic():
            return False
        self.permits -= 1
        return True


class RateLimiter:
    """Fixed windows of a minute, by the `limits` library."""

    def __init__(self, redis_url: str) -> None:
        self._shared = limits.strategies.FixedWindowRateLimiter(
            limits.storage.storage_from_string(
                redis_url, socket_connect_timeout=1.0, socket_timeout=1.0
            )
        )
        self._known = redis.Redis.from_url(
            redis_url, socket_connect_timeout=1.0, socket_timeout=1.0
        )
        self._own = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())
        self._blocks: dict[tuple[str, str], _Block] = {}
        self._lock = Lock()
        self._silent_until = 0.0

    async def spend_async(self, what: str, who: str, *, per_minute: int) -> None:
        """As ``spend``, without ever blocking the event loop on Redis."""
        block = self._block((what, who))
        if not self._spend_of(block):
            await asyncio.to_thread(self._take_block, (what, who), block, per_minute)

    def spend(self, what: str, who: str, *, per_minute: int) -> None:
        """Take one permit of ``who`` for ``what``.

        Raises:
            RateLimited: the minute's permits are spent; says when to come back.
        """
        block = self._block((what, who))
        if not self._spend_of(block):
            self._take_block((what, who), block, per_minute)

    def know(self, what: str, who: str, *, lasting: timedelta) -> None:
        """Remember ``who`` for a time; where Redis is silent, nobody is remembered."""
        seconds = round(lasting.total_seconds())
        with contextlib.suppress(RedisError, OSError):
            self._known.set(f"known/{what}/{who}", 1, ex=seconds)

    def is_known(self, what: str, who: str) -> bool:
        """Say whether ``who`` is remembered; where Redis is silent, nobody is."""
        try:
            return bool(self._known.exists(f"known/{what}/{who}"))
        except (RedisError, OSError) as error:
            _log.warning("limits_silent", error=type(error).__name__)
            return False

    def _block(self, key: tuple[str, str]) -> _Block:
        with self._lock:
            block = self._blocks.get(key)
            if block is None:
                self._forget_expired()
                block = self._blocks[key] = _Block()
            return block

    def _spend_of(self, block: _Block) -> bool:
        with self._lock:
            return block.spend()

    def _take_block(self, key: tuple[str, str], block: _Block, per_minute: int) -> None:
        # One asks Redis, the others wait for what it brings: a block for each of them would be
        # more permits than they spend, and lost.
        with block.refill:
            if not self._spend_of(block):
                self._refill(key, block, limits.RateLimitItemPerMinute(per_minute))

    def _refill(
        self, key: tuple[str, str], block: _Block, limit: limits.RateLimitItemPerMinute
    ) -> None:
        for cost in (max(1, limit.amount // _BLOCKS_PER_WINDOW), 1):
            if self._hit(limit, key, cost):
                with self._lock:
                    block.permits, block.expires_at = cost - 1, time.monotonic() + 60
                return
        raise RateLimited(
            RateLimited.lines[0].format(most=limit.amount),
            retry_after=timedelta(seconds=max(1.0, self._seconds_left(limit, key))),
        )

    def _forget_expired(self) -> None:
        """Drop old blocks, so that many different callers do not fill the memory."""
        if len(self._blocks) > _BLOCKS_KEPT:
            alive = time.monotonic()
            self._blocks = {k: b for k, b in self._blocks.items() if b.expires_at > alive}

    def _hit(self, limit: limits.RateLimitItem, key: tuple[str, str], cost: int) -> bool:
        if time.monotonic() < self._silent_until:
            return self._own.hit(limit, *key, cost=cost)
        try:
            return self._shared.hit(limit, *key, cost=cost)
        except (RedisError, OSError) as error:
            _log.warning("limits_silent", error=type(error).__name__)
            self._silent_until = time.monotonic() + _SECONDS_WITHOUT_ASKING
            return self._own.hit(limit, *key, cost=cost)

    def _seconds_left(self, limit: limits.RateLimitItem, key: tuple[str, str]) -> float:
        try:
            return self._shared.get_window_stats(limit, *key).reset_time - time.time()
        except (RedisError, OSError):
            return self._own.get_window_stats(limit, *key).reset_time - time.time()


def counted_address(address: str) -> str:
    """Return by what calls are counted: an IPv4 address, or the /64 that one subscriber has.

    What is no address at all counts as one caller.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if ip.version == 6:  # noqa: PLR2004
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return f"{int(ip) >> _PREFIX_BITS:x}"
    return str(ip)
