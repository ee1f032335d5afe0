"""``Prefer: wait=N``: requests that wait for their comment's decision, served by one poller."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from service.comments.status import Status
from service.comments.tables import Comment

_log = structlog.get_logger(__name__)

POLLED_EVERY: Final = timedelta(milliseconds=20)
_AFTER_SILENCE: Final = timedelta(seconds=1)


class Decided(NamedTuple):
    status: Status
    decided_at: datetime | None


class Waiting:
    """Asks for all waiting comments in one query, and only while somebody waits."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: dict[UUID, list[asyncio.Future[Decided]]] = {}
        self._poller: asyncio.Task[None] | None = None

    async def decision_on(self, comment_id: UUID, *, within: timedelta) -> Decided | None:
        """Return what was decided on the comment, or None when it was not decided in time."""
        outcome: asyncio.Future[Decided] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(comment_id, []).append(outcome)
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(within.total_seconds()):
                return await outcome
        except TimeoutError:
            return None
        finally:
            self._leave(comment_id, outcome)

    async def close(self) -> None:
        """Let everybody go, undecided."""
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.wait([self._poller])

    def _leave(self, comment_id: UUID, outcome: asyncio.Future[Decided]) -> None:
        others = self._waiting.get(comment_id, [])
        if outcome in others:
            others.remove(outcome)
        if not others:
            self._waiting.pop(comment_id, None)

    async def _poll(self) -> None:
        try:
            while self._waiting:
                pause = await self._look()
                await asyncio.sleep(pause.total_seconds())
        finally:
            self._poller = None

    async def _look(self) -> timedelta:
        """Tell those whose comment has been decided; return when to look again."""
        try:
            decided = await self._decided(list(self._waiting))
        except (DBAPIError, OSError) as error:
            _log.warning("waiting_blind", error=type(error).__name__)
            return _AFTER_SILENCE
        for comment_id, decision in decided:
            for outcome in self._waiting.pop(comment_id, []):
                if not outcome.done():
                    outcome.set_result(decision)
        return POLLED_EVERY

    async def _decided(self, ids: Sequence[UUID]) -> list[tuple[UUID, Decided]]:
        wanted = select(Comment.id, Comment.status, Comment.decided_at).where(
            Comment.id == any_(literal(ids, ARRAY(Uuid))), Comment.status != Status.PENDING
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        return [(id_, Decided(status, decided_at)) for id_, status, decided_at in rows]
