"""What a public key opens: the site, as its readers' browsers need it; looked up once a second."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from service.embed import public_keys
from service.embed.errors import PublicKeyNotKnown
from service.embed.moments import Moments
from service.embed.tables import PublicKey
from service.sites.preferences import Preferences
from service.sites.tables import Site

# A revoked key opens nothing after this time, and a site's new choices count then.
_REMEMBERED: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class OpenedSite:
    """A site, and from where its readers may call."""

    key: str
    origins: tuple[str, ...]
    site_id: UUID
    name: str
    required_fields: tuple[str, ...]
    preferences: Preferences


InTransaction = Callable[[Callable[[Session], OpenedSite | None]], OpenedSite | None]


class PublicKeyRing:
    """Keys by text; used by one event loop."""

    def __init__(self, in_transaction: InTransaction) -> None:
        self._in_transaction = in_transaction
        self._known: Moments[OpenedSite | None] = Moments(_REMEMBERED)

    async def site_of(self, key: str) -> OpenedSite:
        """Return what ``key`` opens.

        Raises:
            PublicKeyNotKnown: there is no such key, or it is revoked.
            Unavailable: the database does not answer.
        """
        if not public_keys.may_be(key):
            raise PublicKeyNotKnown
        look_up = partial(run_in_threadpool, self._look_up, key)
        opened = await self._known.of(key, look_up)
        if opened is None:
            raise PublicKeyNotKnown
        return opened

    def _look_up(self, key: str) -> OpenedSite | None:
        return self._in_transaction(lambda session: look_up(session, key))


def look_up(session: Session, key: str) -> OpenedSite | None:
    """Return what ``key`` opens, or None."""
    found = session.execute(
        select(PublicKey, Site)
        .join(Site, Site.id == PublicKey.site_id)
        .where(PublicKey.text == key, PublicKey.revoked_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    public_key, site = found
    return OpenedSite(
        key=public_key.text,
        origins=tuple(public_key.origins),
        site_id=site.id,
        name=site.name,
        required_fields=tuple(site.required_fields),
        preferences=Preferences.read(site.preferences, site.required_fields),
    )
