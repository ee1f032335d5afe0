"""The counts of the queues, shared for a moment: every open page asks every few seconds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from uuid import UUID

from sqlalchemy.orm import Session

from service.review import queue
from service.review.queue import Waiting

_FRESH_SECONDS = 1.0
_KEPT_MOST = 256


@dataclass(slots=True)
class _Counted:
    lock: Lock = field(default_factory=Lock)
    at: float = float("-inf")
    found: Sequence[Waiting] = ()


class SharedCounts:
    """Counts the same sites once a second, however many watch; who asks meanwhile waits for it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counted: dict[tuple[UUID, ...], _Counted] = {}

    def of(self, session: Session, site_ids: Sequence[UUID]) -> Sequence[Waiting]:
        """Return what ``queue.waiting`` returns, up to a second old."""
        counted = self._place(tuple(site_ids))
        with counted.lock:
            if self._clock() - counted.at >= _FRESH_SECONDS:
                counted.found = tuple(queue.waiting(session, site_ids))
                counted.at = self._clock()
            return counted.found

    def _place(self, site_ids: tuple[UUID, ...]) -> _Counted:
        with self._lock:
            if site_ids not in self._counted and len(self._counted) >= _KEPT_MOST:
                self._counted.clear()
            return self._counted.setdefault(site_ids, _Counted())
