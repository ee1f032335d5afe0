"""Answers that are the same for everybody, worked out once in a moment and shared by all who ask.

Most readers of a news site look at the few articles of the day, so most of what they ask has just
been answered.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import timedelta
from typing import Final, Generic, TypeVar

_KEPT_MOST: Final = 2_000
_BYTES_MOST: Final = 32 * 1024 * 1024

Answer = TypeVar("Answer")


class Moments(Generic[Answer]):
    """Answers by question, each good for a moment; used by one event loop.

    Who asks while an answer is worked out waits for that one. A moment is counted from the
    question, so nothing older than that is ever shown. What fails is not kept.
    """

    def __init__(
        self,
        lasts: timedelta,
        *,
        most: int = _KEPT_MOST,
        most_bytes: int = _BYTES_MOST,
        size_of: Callable[[Answer], int] = lambda _: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lasts = lasts.total_seconds()
        self._most = most
        self._most_bytes = most_bytes
        self._size_of = size_of
        self._clock = clock
        self._answers: OrderedDict[Hashable, tuple[float, asyncio.Task[Answer]]] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self._bytes = 0

    async def of(self, question: Hashable, work_out: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer, from memory or by ``work_out``."""
        asked = self._clock()
        known = self._answers.get(question)
        # Not over yet and just begun may be the same instant: a moment of no length is never over
        # for those who ask in it, so it is not used at all.
        if known is None or not self._lasts or known[0] + self._lasts <= asked:
            if known is not None:
                self._forget(question)
            task = asyncio.ensure_future(_awaited(work_out))
            task.add_done_callback(lambda done: self._note(question, done))
            known = self._answers[question] = (asked, task)
            self._make_room(asked)
        # It outlives whoever asked first and went away.
        return await asyncio.shield(known[1])

    def __len__(self) -> int:
        return len(self._answers)

    def _note(self, question: Hashable, done: asyncio.Task[Answer]) -> None:
        """Count how large the answer is, or forget what failed."""
        failed = done.cancelled() or done.exception() is not None
        kept = self._answers.get(question)
        if kept is None or kept[1] is not done:
            return
        if failed:
            self._forget(question)
            return
        self._sizes[question] = self._size_of(done.result())
        self._bytes += self._sizes[question]
        self._make_room(self._clock())

    def _make_room(self, now: float) -> None:
        """Forget, oldest first, what is over and as much as is too many or too large.

        The newest stays: it has just been asked for.
        """
        while len(self._answers) > 1:
            oldest, (asked, _) = next(iter(self._answers.items()))
            is_over = asked + self._lasts <= now
            fits = len(self._answers) <= self._most and self._bytes <= self._most_bytes
            if fits and not is_over:
                return
            self._forget(oldest)

    def _forget(self, question: Hashable) -> None:
        del self._answers[question]
        self._bytes -= self._sizes.pop(question, 0)


async def _awaited(work_out: Callable[[], Awaitable[Answer]]) -> Answer:
    return await work_out()
