"""Which site is calling, for the hot door: keys are looked up once a second, not at every call.

What comes while a look-up is under way shares the next one, so nobody's key queues behind others,
however many there are: a flood of wrong keys is a few statements.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, any_, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from service.errors import Unavailable
from service.sites import rules, scopes
from service.sites.errors import KeyNotKnown
from service.sites.scopes import Scope
from service.sites.tables import ApiKey, Site

# A revoked key opens nothing after this time, and a new one that was tried too early opens then.
REMEMBERED: Final = timedelta(seconds=1)
LOOK_UPS_AT_ONCE: Final = 2
_KEYS_KEPT: Final = 10_000
_KEYS_IN_A_LOOK_UP: Final = 1_000


class OpenedBy(NamedTuple):
    """What a key tells: the site, what the site requires of a comment, and what the key may."""

    key: str
    site_id: UUID
    required_fields: tuple[str, ...]
    scopes: tuple[str, ...]

    def require(self, scope: Scope) -> None:
        """Pass a key that holds the scope.

        Raises:
            ScopeMissing: it does not.
        """
        scopes.require(self.scopes, scope)


class KeyRing:
    """Keys by digest, each remembered for a second; used by one event loop."""

    def __init__(self, engine: AsyncEngine, *, kept: int = _KEYS_KEPT) -> None:
        self._engine = engine
        # Apart, so that wrong keys cannot push the right ones out.
        self._known: _Memory[OpenedBy] = _Memory(kept)
        self._wrong: _Memory[bool] = _Memory(kept)
        self._asked: dict[bytes, asyncio.Future[OpenedBy | None]] = {}
        self._waiting: OrderedDict[bytes, None] = OrderedDict()
        self._look_ups: set[asyncio.Task[None]] = set()

    async def site_of(self, authorization: str | None) -> OpenedBy:
        """Return what the key in an ``Authorization`` header opens.

        Raises:
            Unauthenticated: no key, or one that is not known or revoked.
            Unavailable: the database does not answer.
        """
        digest = rules.key_digest(rules.key_in(authorization))
        known = self._known.recall(digest)
        if known is not None:
            return known
        if self._wrong.recall(digest):
            raise KeyNotKnown
        # One question for all who wait for the answer; it outlives the one who asked first.
        opened = await asyncio.shield(self._asked.get(digest) or self._ask(digest))
        if opened is None:
            raise KeyNotKnown
        return opened

    def lately(self, authorization: str, *, within: timedelta) -> OpenedBy | None:
        """Return what the key opened when the database last said, if that is not longer ago."""
        digest = rules.key_digest(rules.key_in(authorization))
        return self._known.recall(digest, late=within - REMEMBERED)

    def _ask(self, digest: bytes) -> asyncio.Future[OpenedBy | None]:
        answer = self._asked[digest] = asyncio.get_running_loop().create_future()
        self._waiting[digest] = None
        if digest in self._known:
            self._waiting.move_to_end(digest, last=False)  # it was right a moment ago
        if len(self._look_ups) < LOOK_UPS_AT_ONCE:
            task = asyncio.create_task(self._answer_all())
            self._look_ups.add(task)
            task.add_done_callback(self._look_ups.discard)
        return answer

    async def _answer_all(self) -> None:
        while self._waiting:
            number = min(len(self._waiting), _KEYS_IN_A_LOOK_UP)
            await self._answer([self._waiting.popitem(last=False)[0] for _ in range(number)])

    async def _answer(self, digests: Sequence[bytes]) -> None:
        # Counted from before the question: what is revoked after it is forgotten in time.
        expires_at = time.monotonic() + REMEMBERED.total_seconds()
        try:
            opened = await self._look_up(digests)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            for digest in digests:
                self._asked.pop(digest).set_exception(error)
            return
        for digest in digests:
            found = opened.get(digest)
            if found is None:
                self._known.forget(digest)
                self._wrong.keep(digest, True, expires_at)  # noqa: FBT003 - an answer
            else:
                self._known.keep(digest, found, expires_at)
            self._asked.pop(digest).set_result(found)

    async def _look_up(self, digests: Sequence[bytes]) -> dict[bytes, OpenedBy]:
        wanted = (
            select(ApiKey.digest, ApiKey.id, Site.id, Site.required_fields, ApiKey.scopes)
            .join(Site, Site.id == ApiKey.site_id)
            .where(
                ApiKey.digest == any_(literal(digests, ARRAY(LargeBinary))),
                ApiKey.revoked_at.is_(None),
            )
        )
        try:
            async with self._engine.connect() as connection:
                rows = (await connection.execute(wanted)).all()
        except (DBAPIError, OSError) as error:
            raise Unavailable("The database does not answer: try again in a moment.") from error
        return {
            digest: OpenedBy(key_id.hex, site_id, tuple(required), tuple(held))
            for digest, key_id, site_id, required, held in rows
        }


_T = TypeVar("_T")


class _Memory(Generic[_T]):
    """Answers by digest, each good until its time; beyond ``most`` the oldest is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[bytes, tuple[float, _T]] = OrderedDict()

    def __contains__(self, digest: bytes) -> bool:
        """Say whether there is an answer, though its time may be over."""
        return digest in self._answers

    def recall(self, digest: bytes, *, late: timedelta = timedelta(0)) -> _T | None:
        """Return the answer, or None when there is none or its time is over, for so long."""
        kept = self._answers.get(digest)
        since = time.monotonic() - late.total_seconds()
        return kept[1] if kept is not None and kept[0] > since else None

    def keep(self, digest: bytes, answer: _T, expires_at: float) -> None:
        self._answers[digest] = expires_at, answer
        self._answers.move_to_end(digest)
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        self._answers.pop(digest, None)
