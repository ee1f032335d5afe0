"""Wakes the workers after a commit, without the event loop ever waiting for the broker."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

# While comments stream in, a wake-up a few times a second would do; this many cost nothing.
_BETWEEN: Final = timedelta(milliseconds=10)


class WakeUp:
    """One call at a time, in a thread; what is asked for meanwhile is one more call, afterwards."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._is_wanted = False
        self._running: asyncio.Task[None] | None = None

    def soon(self) -> None:
        """See that the call is made after now, once for however many ask."""
        self._is_wanted = True
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._is_wanted:
                self._is_wanted = False
                await asyncio.to_thread(self._call)
                await asyncio.sleep(_BETWEEN.total_seconds())
        finally:
            self._running = None

    async def finish(self) -> None:
        """Return when the last call that was asked for has been made."""
        while self._running is not None:
            await asyncio.wait([self._running])
