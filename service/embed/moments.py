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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lasts = lasts.total_seconds()
        self._most = most
        self._clock = clock
        self._answers: OrderedDict[Hashable, tuple[float, asyncio.Task[Answer]]] = OrderedDict()

    async def of(self, question: Hashable, work_out: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer, from memory or by ``work_out``."""
        asked = self._clock()
        known = self._answers.get(question)
        # Not over yet and just begun may be the same instant: a moment of no length is never over
        # for those who ask in it, so it is not used at all.
        if known is None or not self._lasts or known[0] + self._lasts <= asked:
            task = asyncio.ensure_future(_awaited(work_out))
            task.add_done_callback(lambda done: self._forget_failed(question, done))
            known = self._answers[question] = (asked, task)
            self._answers.move_to_end(question)
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
        # It outlives whoever asked first and went away.
        return await asyncio.shield(known[1])

    def __len__(self) -> int:
        return len(self._answers)

    def _forget_failed(self, question: Hashable, done: asyncio.Task[Answer]) -> None:
        if not done.cancelled() and done.exception() is None:
            return
        kept = self._answers.get(question)
        if kept is not None and kept[1] is done:
            del self._answers[question]


async def _awaited(work_out: Callable[[], Awaitable[Answer]]) -> Answer:
    return await work_out()
