"""What is sent, and when it is tried again. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from service.webhooks.events import Event

# Source: Standard Webhooks 1.0.0, "Retry schedule"; the first attempt is made at once.
_WAITS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
_JITTER: Final = 0.2
_LONGEST_WAIT: Final = timedelta(days=1)
GONE: Final = 410
# After a secret was changed, so long the old one signs as well: time to tell every receiver.
BOTH_SECRETS_SIGN: Final = timedelta(days=1)


def payload(told: Event, *, article: str, now: datetime) -> dict[str, Any]:
    """Return the body of a delivery, in the shape of Standard Webhooks 1.0.0."""
    at = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {"type": told.event, "timestamp": at, "data": told.data(article=article, at=at)}


def is_delivered(status_code: int | None) -> bool:
    """Say whether the site took it: only 2xx does; a redirect is not followed."""
    return status_code is not None and 200 <= status_code < 300  # noqa: PLR2004


def wait_after(failures: int, *, jitter: float, asked: timedelta | None = None) -> timedelta:
    """Return how long to wait after so many failed attempts, at least 1.

    Args:
        failures: attempts that failed so far.
        jitter: random, in [0, 1]: spreads those that failed together over a fifth of the wait.
        asked: what the site asked for with ``Retry-After``; heeded up to a day.
    """
    wait = _WAITS[min(failures, len(_WAITS)) - 1]
    longest = min(max(wait, asked or timedelta(0)), _LONGEST_WAIT)
    return longest * (1 + _JITTER * jitter)


def retry_after(header: str | None) -> timedelta | None:
    """Return the seconds that a ``Retry-After`` asks for; a date is not read."""
    return timedelta(seconds=int(header)) if header and _is_seconds(header) else None


def _is_seconds(header: str) -> bool:
    return header.isascii() and header.isdigit() and len(header) <= 8  # noqa: PLR2004
