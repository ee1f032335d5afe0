"""How long a call may wait yet: all its waits share one time, of which a slow body takes none."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

# By the monotonic clock; None until the call waits for the first time.
_ENDS_AT: ContextVar[float | None] = ContextVar("_ENDS_AT", default=None)


def begin() -> None:
    """Begin a call; what the call before it, on the same connection, has spent is forgotten."""
    _ENDS_AT.set(None)


def share(deadline: timedelta) -> timedelta:
    """Return how long the next wait may take: half of ``deadline``, or what is left of it.

    The call's time begins when this is asked for the first time.
    """
    ends_at = _ENDS_AT.get()
    if ends_at is None:
        _ENDS_AT.set(time.monotonic() + deadline.total_seconds())
        return deadline / 2
    return min(deadline / 2, timedelta(seconds=max(0.0, ends_at - time.monotonic())))


@contextmanager
def suspended() -> Iterator[None]:
    """Spend nothing of the call's time meanwhile: the caller is the one who is waited for."""
    began = time.monotonic()
    yield
    ends_at = _ENDS_AT.get()
    if ends_at is not None:
        _ENDS_AT.set(ends_at + time.monotonic() - began)
