"""Counts and alerts, shared for a moment: every open page asks every few seconds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic
from uuid import UUID

from sqlalchemy.orm import Session

from service.review import alerts, counts
from service.review.counts import Waiting
from service.sites.alerts import Alert, Source

_FRESH_SECONDS = 1.0
_KEPT_MOST = 256


@dataclass(frozen=True, slots=True)
class Overview:
    """What waits on some sites, and what is to be known of them."""

    waiting: Sequence[Waiting] = ()
    alerts: Sequence[Alert] = ()


@dataclass(slots=True)
class _Counted:
    lock: Lock = field(default_factory=Lock)
    at: float = float("-inf")
    found: Overview = Overview()


class SharedCounts:
    """Counts the same sites once a second, however many watch; who asks meanwhile waits for it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counted: dict[tuple[UUID, ...], _Counted] = {}

    def of(
        self,
        session: Session,
        site_ids: Sequence[UUID],
        *,
        sources: Sequence[Source] = (),
        now: datetime,
    ) -> Overview:
        """Return what ``counts.waiting`` and ``alerts.gather`` return, up to a second old."""
        counted = self._place(tuple(site_ids))
        with counted.lock:
            if self._clock() - counted.at >= _FRESH_SECONDS:
                counted.found = Overview(
                    tuple(counts.waiting(session, site_ids)),
                    tuple(alerts.gather(session, sources, site_ids, now=now)),
                )
                counted.at = self._clock()
            return counted.found

    def _place(self, site_ids: tuple[UUID, ...]) -> _Counted:
        with self._lock:
            if site_ids not in self._counted and len(self._counted) >= _KEPT_MOST:
                self._counted.clear()
            return self._counted.setdefault(site_ids, _Counted())


# One for the process: the key is the sites' ids, which no two databases have in common.
SHARED = SharedCounts()
