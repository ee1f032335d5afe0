"""What a dialect may use of the web process: who calls, the scorer, the database, the clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from starlette.requests import Request

from service.comments.door import Door
from service.db import Database
from service.dialects import patience
from service.dialects.dialect import BodyTooLarge
from service.dialects.scorer import Scorer
from service.errors import Unavailable
from service.limits import RateLimiter
from service.request import now
from service.scoring import live
from service.sealing import Seal
from service.settings import Settings
from service.sites.keyring import OpenedBy
from service.sites.scopes import Scope

# Counting calls must not cost the time of answering them: a silent broker is not waited for.
_COUNTED_WITHIN: Final = 0.1
# What the database said so lately is believed while it does not answer, by what only scores.
BELIEVED: Final = timedelta(minutes=1)
_SILENT: Final = "The database does not answer: try again in a moment."

Found = TypeVar("Found")


class Surroundings:
    """The web application, as the dialects see it; its lifespan opens what is used here."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._counting: set[asyncio.Task[None]] = set()
        self._finishing: set[asyncio.Task[Any]] = set()
        self._closing: list[Callable[[], Awaitable[None]]] = []
        app.state.dialects = self

    def before_closing(self, finish: Callable[[], Awaitable[None]]) -> None:
        """Have ``finish`` awaited when the application stops, while the database is there."""
        self._closing.append(finish)

    async def close(self) -> None:
        if self._finishing:
            await asyncio.wait(self._finishing)
        for finish in self._closing:
            await finish()

    @property
    def settings(self) -> Settings:
        settings: Settings = self._app.state.settings
        return settings

    @property
    def scorer(self) -> Scorer:
        scorer: Scorer = self._app.state.scorer
        return scorer

    @property
    def door(self) -> Door:
        door: Door = self._app.state.door
        return door

    @property
    def share(self) -> timedelta:
        """How long the next wait of a call may take: half of its time, or what is left of it."""
        return patience.share(self.settings.dialects.deadline)

    def share_knowing(self, known: object) -> timedelta:
        """Return how long to wait for news of what is known already, or not if it is None."""
        return self.share if known is None else self.share / 3

    @property
    def seal(self) -> Seal:
        return Seal.of(self.settings)

    def now(self) -> datetime:
        clock: Callable[[], datetime] = self._app.dependency_overrides.get(now, now)
        return clock()

    async def opened_by(self, key: str | None) -> OpenedBy:
        """Return what ``key`` opens, and spend one of its calls.

        Raises:
            Unauthenticated: no key, or one that is not known or revoked.
            ScopeMissing: the key is not for classifying.
            RateLimited: the key's calls of this minute are spent.
            Unavailable: the database does not answer in time, and did not know the key lately.
        """
        authorization = None if not key else f"Bearer {key}"
        keyring = self.door.keyring
        try:
            opened = await asyncio.wait_for(
                keyring.site_of(authorization), self.share.total_seconds()
            )
        except (TimeoutError, Unavailable) as error:
            lately = keyring.lately(f"Bearer {key}", within=BELIEVED)
            if lately is None:
                raise Unavailable(_SILENT) from error
            opened = lately
        opened.require(Scope.CLASSIFY)
        await self._spend(opened)
        return opened

    async def _spend(self, opened: OpenedBy) -> None:
        limiter: RateLimiter = self._app.state.limiter
        counting = asyncio.create_task(
            limiter.spend_async(
                "reads", opened.key, per_minute=self.settings.limits.reads_per_minute
            )
        )
        self._counting.add(counting)
        counting.add_done_callback(self._counted)
        done, _ = await asyncio.wait([counting], timeout=_COUNTED_WITHIN)
        if done:
            counting.result()

    def _counted(self, counting: asyncio.Task[None]) -> None:
        self._counting.discard(counting)
        if not counting.cancelled():
            counting.exception()  # nobody may be waiting for it any more

    async def finished_in_time(self, doing: Coroutine[Any, Any, Found]) -> Found:
        """Return what comes of ``doing`` within a call's share; what takes longer goes on alone.

        Raises:
            Unavailable: it is not done in time.
        """
        task = asyncio.create_task(doing)
        self._finishing.add(task)
        task.add_done_callback(self._finished)
        done, _ = await asyncio.wait([task], timeout=self.share.total_seconds())
        if not done:
            raise Unavailable(_SILENT)
        return task.result()

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._finishing.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be waiting for it any more

    async def in_transaction(
        self, do: Callable[[Session], Found], *, within: timedelta | None = None
    ) -> Found:
        """Return what ``do`` makes of a session that is committed afterwards, in a thread.

        Raises:
            Unavailable: the database does not answer, or not in time.
        """
        database: Database = self._app.state.database

        def run() -> Found:
            with database.transaction() as session:
                return do(session)

        try:
            seconds = None if within is None else within.total_seconds()
            return await asyncio.wait_for(asyncio.to_thread(run), seconds)
        except (OperationalError, PoolTimeoutError, TimeoutError) as error:
            raise Unavailable(_SILENT) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable(_SILENT) from error
            raise


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """Return the body as it was sent.

    Raises:
        BodyTooLarge: it has more bytes than ``max_bytes``, said or seen.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and declared.isascii() and int(declared[:20]) > max_bytes:
        raise BodyTooLarge(max_bytes)
    body = bytearray()
    with patience.suspended():
        async for chunk in request.stream():
            body += chunk
            if len(body) > max_bytes:
                raise BodyTooLarge(max_bytes)
    return bytes(body)


@asynccontextmanager
async def opened(app: FastAPI) -> AsyncIterator[None]:
    """Have the scorer at ``app.state.scorer`` while the application runs."""
    settings: Settings = app.state.settings
    scorer = Scorer(
        partial(live.of_site, app.state),
        kept=settings.dialects.scores_kept,
        closer=app.state.closer_looks,
        look_within=settings.dialects.closer_look_within,
    )
    app.state.scorer = scorer
    try:
        yield
    finally:
        surroundings: Surroundings = app.state.dialects
        await surroundings.close()
        scorer.close()
