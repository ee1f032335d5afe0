"""Pages that listen: one connection to the database hears for all of a web process.

PostgreSQL tells of every comment that was held, decided, taken in hand or given back
(``comments.news``). What changed is gathered for a moment, read once, and handed to each page
that watches the site. Pages hold no connection to the database, only a queue in memory; one that
does not keep up is let go, and comes back by itself. Whatever goes unheard, a page finds out when
it asks again: every few seconds the counts come anew, heard or not.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, ParamSpec, Self, TypeVar
from uuid import UUID

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.comments.news import CHANNEL, Kind, News
from service.db import Database
from service.moderators import queries as moderators
from service.review import alerts, counts, standing
from service.review.errors import TooManyListeners
from service.review.shared_counts import Overview
from service.review.standing import Standing
from service.sites.alerts import Source

_log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_TOLD_MOST: Final = 200
_READS_AT_ONCE: Final = 4
_UNREAD_MOST: Final = 100
APPLICATION: Final = "parley listening"
_BEGINS_WITHIN_SECONDS: Final = 3.0
_TRIED_AGAIN_SECONDS: Final = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Every:
    """Seconds: what happens is gathered for so long, counts are read and sign-ins looked at."""

    gathered: float = 0.25
    counted: float = 1.0
    looked: float = 15.0


@dataclass(frozen=True, slots=True)
class Counted:
    """What waits on the listener's sites now, and what is to be known of them."""

    overview: Overview
    at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """Where these comments of the listener's sites stand now."""

    standings: Sequence[Standing]
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """Comments that are held from now on; of very many at once only some are named."""

    site_id: UUID
    comment_ids: Sequence[UUID]
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """For a while nothing was heard: whoever wants to know what is on the screen asks anew."""

    at: datetime


Told = Counted | Changed | Arrived | Missed


@dataclass(slots=True, eq=False)
class Listener:
    """One page that listens, for one moderator, to some of the moderator's sites.

    ``sign_in`` is the digest of the session's token; a program has none.
    """

    moderator_id: UUID
    sign_in: bytes | None
    site_ids: tuple[UUID, ...]
    told: asyncio.Queue[Told | None] = field(
        default_factory=lambda: asyncio.Queue(_UNREAD_MOST + 1)
    )
    is_read: bool = False

    def tell(self, something: Told) -> bool:
        """Hand it to the page; say whether there was room."""
        if self.told.qsize() >= _UNREAD_MOST:
            return False
        self.told.put_nowait(something)
        return True


class Listening:
    """All pages that listen to one web process; used by its event loop alone."""

    def __init__(
        self,
        url: str,
        database: Database,
        sources: Sequence[Source],
        *,
        most: int,
        most_each: int,
        clock: Callable[[], datetime],
        every: Every = Every(),
    ) -> None:
        self._clock, self._every = clock, every
        self._url = url
        self._database = database
        self._sources = sources
        self._most, self._most_each = most, most_each
        self._listeners: set[Listener] = set()
        self._changed: dict[UUID, set[UUID]] = {}
        self._arrived: dict[UUID, list[UUID]] = {}
        self._stale: set[UUID] = set()
        self._heard = asyncio.Event()
        self._hears = asyncio.Event()
        self._reading = ThreadPoolExecutor(_READS_AT_ONCE, thread_name_prefix="listening")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Self]:
        """Listen while the web process runs."""
        tasks = [
            asyncio.create_task(each)
            for each in (self._hear(), self._pass_on(), self._count(), self._look_after())
        ]
        try:
            # Whoever joins is to miss nothing; without a database there is nothing to miss.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hears.wait(), _BEGINS_WITHIN_SECONDS)
            yield self
        finally:
            for listener in list(self._listeners):
                self.leave(listener)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # What is being read goes on when nobody waits for it, and the database is closed next.
            await asyncio.to_thread(self._reading.shutdown, cancel_futures=True)

    def join(self, moderator_id: UUID, sign_in: bytes | None, site_ids: Sequence[UUID]) -> Listener:
        """Let a page listen; the counts come at once.

        Raises:
            TooManyListeners: the process has as many as it may, or the moderator has.
        """
        own = sum(each.moderator_id == moderator_id for each in self._listeners)
        if len(self._listeners) >= self._most or own >= self._most_each:
            raise TooManyListeners
        listener = Listener(moderator_id, sign_in, tuple(site_ids))
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Let the page go; what it has not read yet is lost."""
        if listener in self._listeners:
            self._listeners.discard(listener)
            # There is always room for the last word.
            with suppress(asyncio.QueueFull):
                listener.told.put_nowait(None)

    async def stream(self, listener: Listener) -> AsyncIterator[Told]:
        """Yield what the page is told, until it goes or is let go."""
        listener.is_read = True
        try:
            now = self._clock()
            yield Counted(await self._read(self._overview, listener.site_ids, now), now)
            while (something := await listener.told.get()) is not None:
                yield something
        finally:
            self.leave(listener)

    async def _read(self, read: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._reading, partial(read, *given, **named)
        )

    async def _hear(self) -> None:
        """Hear the news as long as there is a database, and come back to it when there is not."""
        tries = 0
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=5, application_name=APPLICATION
                )
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._hears.set()
                    if tries:
                        self._tell_all(Missed(self._clock()))
                    tries = 0
                    while True:
                        async for notify in connection.notifies(timeout=self._every.looked):
                            self._gather(News.decode(notify.payload))
                        # Whether anybody is at the other end, only a question tells.
                        await connection.execute("SELECT 1")
            except (psycopg.Error, OSError) as error:
                _log.warning("news_not_heard", error=type(error).__name__)
                pause = _TRIED_AGAIN_SECONDS[min(tries, len(_TRIED_AGAIN_SECONDS) - 1)]
                tries += 1
                await asyncio.sleep(pause)

    def _gather(self, news: News) -> None:
        if not self._watched(news.site_id):
            return
        self._stale.add(news.site_id)
        self._changed.setdefault(news.site_id, set()).update(news.comment_ids)
        if news.kind is Kind.ARRIVED:
            self._arrived.setdefault(news.site_id, []).extend(news.comment_ids)
        self._heard.set()

    async def _pass_on(self) -> None:
        """Read what changed, once for all who watch, and tell them."""
        while True:
            await self._heard.wait()
            await asyncio.sleep(self._every.gathered)
            self._heard.clear()
            changed, self._changed = self._changed, {}
            arrived, self._arrived = self._arrived, {}
            now = self._clock()
            for site_id, comment_ids in arrived.items():
                named = comment_ids[:_TOLD_MOST]
                self._tell_site(site_id, Arrived(site_id, named, len(comment_ids), now))
            for site_id, found in (await self._standings(changed, now)).items():
                self._tell_site(site_id, Changed(found, now))

    async def _standings(
        self, changed: Mapping[UUID, set[UUID]], now: datetime
    ) -> dict[UUID, list[Standing]]:
        try:
            return await self._read(self._read_standings, changed, now)
        except SQLAlchemyError as error:
            _log.warning("changes_not_read", error=type(error).__name__)
            self._tell_all(Missed(now))
            return {}

    def _read_standings(
        self, changed: Mapping[UUID, set[UUID]], now: datetime
    ) -> dict[UUID, list[Standing]]:
        # Of very many at once the newest are told of; a page asks for its own when it wants to.
        ids = sorted(each for ids in changed.values() for each in ids)[-_TOLD_MOST:]
        by_site: dict[UUID, list[Standing]] = {}
        with self._database.transaction() as session:
            for found in standing.standings(session, list(changed), ids, now=now):
                by_site.setdefault(found.site_id, []).append(found)
        return by_site

    async def _count(self) -> None:
        """Count anew where something changed, at most once a second for the same sites."""
        while True:
            await asyncio.sleep(self._every.counted)
            stale, self._stale = self._stale, set()
            await self._tell_counts({each for each in self._site_sets() if stale & set(each)})

    async def _look_after(self) -> None:
        """Let go whose sign-in has ended, and count for everybody, heard or not."""
        while True:
            unread = {each for each in self._listeners if not each.is_read}
            await asyncio.sleep(self._every.looked)
            try:
                gone = await self._read(self._gone, list(self._listeners))
            except SQLAlchemyError as error:
                _log.warning("listeners_not_checked", error=type(error).__name__)
                continue
            for listener in list(self._listeners):
                if listener in gone or (listener in unread and not listener.is_read):
                    self.leave(listener)
            await self._tell_counts(self._site_sets())

    def _gone(self, listeners: Sequence[Listener]) -> set[Listener]:
        """Return those whose session has ended, or who may not see all of their sites any more."""
        now = self._clock()
        sessions = [each.sign_in for each in listeners if each.sign_in is not None]
        programs = [each.moderator_id for each in listeners if each.sign_in is None]
        with self._database.transaction() as session:
            good: set[bytes | UUID] = {
                *moderators.good_sessions(session, sessions, now=now),
                *moderators.good_programs(session, programs, now=now),
            }
            sites = moderators.sites_of(session, {each.moderator_id for each in listeners})
        return {
            each
            for each in listeners
            if (each.sign_in or each.moderator_id) not in good
            or not set(each.site_ids) <= sites.get(each.moderator_id, set())
        }

    async def _tell_counts(self, site_sets: set[tuple[UUID, ...]]) -> None:
        for site_ids in site_sets:
            now = self._clock()
            try:
                overview = await self._read(self._overview, site_ids, now)
            except SQLAlchemyError as error:
                _log.warning("counts_not_read", error=type(error).__name__)
                return
            for listener in list(self._listeners):
                if listener.site_ids == site_ids:
                    self._tell(listener, Counted(overview, now))

    def _overview(self, site_ids: tuple[UUID, ...], now: datetime) -> Overview:
        with self._database.transaction() as session:
            return Overview(
                tuple(counts.waiting(session, site_ids)),
                tuple(alerts.gather(session, self._sources, site_ids, now=now)),
            )

    def _site_sets(self) -> set[tuple[UUID, ...]]:
        return {listener.site_ids for listener in self._listeners}

    def _watched(self, site_id: UUID) -> bool:
        return any(site_id in listener.site_ids for listener in self._listeners)

    def _tell_site(self, site_id: UUID, something: Told) -> None:
        for listener in list(self._listeners):
            if site_id in listener.site_ids:
                self._tell(listener, something)

    def _tell_all(self, something: Told) -> None:
        for listener in list(self._listeners):
            self._tell(listener, something)

    def _tell(self, listener: Listener, something: Told) -> None:
        if not listener.tell(something):
            _log.info("listener_too_slow", unread=listener.told.qsize())
            self.leave(listener)
