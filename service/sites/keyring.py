"""Which site is calling, for the hot door: keys are looked up once a second, not at every call."""

import asyncio
import time
from collections import OrderedDict
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from service.errors import Unavailable
from service.sites import rules
from service.sites.errors import KeyNotKnown
from service.sites.tables import ApiKey, Site

# A revoked key opens nothing after this time.
REMEMBERED: Final = timedelta(seconds=1)
_KEYS_KEPT: Final = 10_000


class OpenedBy(NamedTuple):
    """What a key tells: the site, and what the site requires of a comment."""

    key: str
    site_id: UUID
    required_fields: tuple[str, ...]


class KeyRing:
    """Keys by digest, each remembered for a second; used by one event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: OrderedDict[bytes, tuple[float, OpenedBy]] = OrderedDict()
        self._asked: dict[bytes, asyncio.Task[OpenedBy]] = {}
        self._connection = asyncio.Semaphore(1)

    async def site_of(self, authorization: str | None) -> OpenedBy:
        """Return what the key in an ``Authorization`` header opens.

        Raises:
            Unauthenticated: no key, or one that is not known or revoked.
            Unavailable: the database does not answer.
        """
        digest = rules.key_digest(rules.key_in(authorization))
        known = self._known.get(digest)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        asked = self._asked.get(digest)
        if asked is None:
            # One question for all who wait for the answer; it outlives the one who asked first.
            asked = self._asked[digest] = asyncio.create_task(self._ask(digest))
            asked.add_done_callback(lambda _: self._asked.pop(digest, None))
        return await asyncio.shield(asked)

    async def _ask(self, digest: bytes) -> OpenedBy:
        # Counted from before the question: what is revoked after it is forgotten in time.
        expires_at = time.monotonic() + REMEMBERED.total_seconds()
        try:
            opened = await self._look_up(digest)
        except KeyNotKnown:
            self._known.pop(digest, None)
            raise
        self._known[digest] = (expires_at, opened)
        self._known.move_to_end(digest)
        if len(self._known) > _KEYS_KEPT:
            self._known.popitem(last=False)
        return opened

    async def _look_up(self, digest: bytes) -> OpenedBy:
        wanted = (
            select(ApiKey.id, Site.id, Site.required_fields)
            .join(Site, Site.id == ApiKey.site_id)
            .where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None))
        )
        try:
            async with self._connection, self._engine.connect() as connection:
                found = (await connection.execute(wanted)).one_or_none()
        except (DBAPIError, OSError) as error:
            raise Unavailable("The database does not answer: try again in a moment.") from error
        if found is None:
            raise KeyNotKnown
        key_id, site_id, required_fields = found
        return OpenedBy(key_id.hex, site_id, tuple(required_fields))
