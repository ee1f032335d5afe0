"""Gathers submissions for a few milliseconds and stores them in one transaction: group commit.

A bare insert with a commit of its own costs the database a flush to disk. Requests that come within
the same moment share one, and the statements too.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from service.comments.storing import store
from service.comments.submission import Outcome, Stored, Submission
from service.comments.wake import WakeUp
from service.errors import Unavailable

_log = structlog.get_logger(__name__)

_Waiting = tuple[Submission, asyncio.Future[Stored]]

BATCHES_IN_FLIGHT: Final = 4
# More than this and the database is not keeping up: better to say so than to fill the memory.
_MOST_WAITING: Final = 20_000
_SILENT: Final = "The comment could not be stored just now: send it again in a moment."


class Intake:
    """The way in for comments; used by one event loop."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        linger: timedelta,
        most: int,
        wake: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._linger = linger.total_seconds()
        self._most = most
        self._wake = WakeUp(wake)
        self._gathered: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._in_flight: set[asyncio.Task[None]] = set()
        # As many connections as batches, also when failed ones are stored one by one.
        self._connections = asyncio.Semaphore(BATCHES_IN_FLIGHT)

    async def submit(self, submission: Submission) -> Stored:
        """Return where the comment stands once it is safely stored.

        Whoever stops waiting takes nothing back: what was handed in is stored all the same.

        Raises:
            ModerationError: it cannot be stored, and why.
        """
        if len(self._gathered) >= _MOST_WAITING:
            raise Unavailable(_SILENT)
        outcome: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._gathered.append((submission, outcome))
        self._schedule()
        return await outcome

    async def close(self) -> None:
        """Store what is gathered, and return when nothing is under way any more."""
        while self._gathered or self._in_flight:
            self._send()
            await asyncio.wait(self._in_flight)
        await self._wake.finish()

    def _schedule(self) -> None:
        if len(self._gathered) >= self._most:
            self._send()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._linger, self._send)

    def _send(self) -> None:
        """Send a batch on its way, unless enough are under way: then the next to end does it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._gathered or len(self._in_flight) >= BATCHES_IN_FLIGHT:
            return
        batch, self._gathered = self._gathered[: self._most], self._gathered[self._most :]
        task = asyncio.create_task(self._serve(batch))
        self._in_flight.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        if self._gathered:
            self._send()

    async def _serve(self, batch: Sequence[_Waiting]) -> None:
        outcomes: Sequence[Outcome | Exception]
        try:
            outcomes = await self._store_or_isolate([submission for submission, _ in batch])
        except Exception as error:  # noqa: BLE001 - our bug: whoever waits must hear of it
            outcomes = [error] * len(batch)
        if any(isinstance(outcome, Stored) and outcome.is_new for outcome in outcomes):
            self._wake.soon()
        for (_, waiting), outcome in zip(batch, outcomes, strict=True):
            if waiting.done():  # its client has gone
                continue
            if isinstance(outcome, Stored):
                waiting.set_result(outcome)
            else:
                waiting.set_exception(outcome)

    async def _store_or_isolate(self, batch: Sequence[Submission]) -> Sequence[Outcome | Exception]:
        """Store ``batch``; when that fails, find out by whom, so that the others are stored."""
        try:
            return await self._store(batch)
        except (DBAPIError, OSError, PoolTimeoutError) as error:
            _log.warning("batch_failed", comments=len(batch), error=type(error).__name__)
            if is_silence(error):
                return await self._store_once_more(batch)
            return await asyncio.gather(*(self._store_alone(s) for s in batch))

    async def _store_once_more(self, batch: Sequence[Submission]) -> Sequence[Outcome]:
        """Try again on a new connection: the old one may have died with a restarted database."""
        try:
            return await self._store(batch)
        except (DBAPIError, OSError, PoolTimeoutError) as error:
            _log.warning("batch_failed", comments=len(batch), error=type(error).__name__)
            return [Unavailable(_SILENT) for _ in batch]

    async def _store_alone(self, submission: Submission) -> Outcome | Exception:
        try:
            return (await self._store([submission]))[0]
        except (DBAPIError, OSError, PoolTimeoutError) as error:
            return Unavailable(_SILENT) if is_silence(error) else error

    async def _store(self, batch: Sequence[Submission]) -> list[Outcome]:
        async with self._connections:
            return await store(self._engine, batch)


def is_silence(error: Exception) -> bool:
    """Say whether the database could not serve us, rather than refused what it was given."""
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return True
    # No statement: connecting failed, because it starts, recovers, or has no place left.
    # SQLSTATE's classes: 40 deadlock, 53 no resources, 55 locked, 57 cancelled, 58 the system's.
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.statement is None or state[:2] in {"40", "53", "55", "57", "58"}
