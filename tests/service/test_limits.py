import asyncio
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.errors import RateLimited
from service.limits import RateLimiter

NOWHERE = "redis://127.0.0.1:1/0"


def _spent(limiter: RateLimiter, times: int, *, who: str = "k", per_minute: int) -> int:
    """Return how many of so many calls at once were let through."""

    def once(_: int) -> bool:
        try:
            limiter.spend("reads", who, per_minute=per_minute)
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        return sum(threads.map(once, range(times)))


@pytest.mark.parametrize("per_minute", [1, 5, 99, 100, 250, 1000])
@pytest.mark.parametrize("broken", [False, True])
def test_just_so_many_pass_in_a_minute_however_many_come_at_once(
    redis_url: str, per_minute: int, *, broken: bool
) -> None:
    limiter = RateLimiter(NOWHERE if broken else redis_url)
    assert _spent(limiter, per_minute + 50, per_minute=per_minute) == per_minute


def test_callers_and_kinds_of_call_are_counted_on_their_own(redis_url: str) -> None:
    limiter = RateLimiter(redis_url)
    assert _spent(limiter, 5, per_minute=3) == 3
    assert _spent(limiter, 5, who="other", per_minute=3) == 3
    limiter.spend("submissions", "k", per_minute=3)


def test_two_processes_share_the_limit_but_for_one_block_each(redis_url: str) -> None:
    one, other = RateLimiter(redis_url), RateLimiter(redis_url)
    first = _spent(one, 700, per_minute=1000)
    second = _spent(other, 700, per_minute=1000)
    assert first == 700
    assert 290 <= second <= 300


def test_who_is_refused_is_told_when_the_minute_is_over(redis_url: str) -> None:
    limiter = RateLimiter(redis_url)
    limiter.spend("reads", "k", per_minute=1)
    with pytest.raises(RateLimited) as raised:
        limiter.spend("reads", "k", per_minute=1)
    assert 1 <= raised.value.retry_after.total_seconds() <= 60


def test_the_event_loop_does_not_wait_for_redis(redis_url: str) -> None:
    async def spend() -> int:
        limiter = RateLimiter(redis_url)
        calls = (limiter.spend_async("reads", "k", per_minute=30) for _ in range(64))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        return sum(isinstance(outcome, RateLimited) for outcome in outcomes)

    assert asyncio.run(spend()) == 34


@pytest.fixture
def black_hole() -> Iterator[str]:
    """Return the address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_redis_that_never_answers_is_asked_once_in_a_while(black_hole: str) -> None:
    limiter = RateLimiter(black_hole)
    started = time.monotonic()
    for number in range(50):
        limiter.spend("reads", f"k{number}", per_minute=10)
    # Each call that asks waits for a second.
    assert time.monotonic() - started < 25
