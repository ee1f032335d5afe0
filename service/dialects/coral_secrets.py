"""The secrets by which Corals sign: kept sealed, several of a site while they are being changed."""

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.dialects.surroundings import BELIEVED, Surroundings
from service.dialects.tables import CoralSecret
from service.errors import Conflict, Invalid, Unavailable
from service.sealing import Seal
from service.sites.tables import Site

SECRETS_MAX: Final = 5
_SECRET: Final = re.compile("empsec_[0-9A-Za-z]{32,200}")
_SLUG: Final = re.compile("[a-z0-9-]{1,63}")
_HINT_CHARS: Final = 6
# A secret that is removed opens nothing after this time.
_REMEMBERED: Final = timedelta(seconds=1)
_SLUGS_KEPT: Final = 1_000


class CoralSecretInvalid(Invalid):
    code = "coral_secret_invalid"

    def __init__(self) -> None:
        super().__init__("A Coral's signing secret begins with empsec_: copy the whole of it.")


class TooManyCoralSecrets(Conflict):
    code = "too_many_coral_secrets"

    def __init__(self) -> None:
        super().__init__(f"A site has at most {SECRETS_MAX} secrets: remove an old one first.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A site, and the secrets that sign for it."""

    site_id: UUID
    secrets: tuple[str, ...]


def add(session: Session, site: Site, secret: str, *, seal: Seal, now: datetime) -> CoralSecret:
    """Store a secret of the site's Coral; its others stay good until they are removed.

    Raises:
        CoralSecretInvalid: it has not the form of one.
        TooManyCoralSecrets: the site has as many as it may.
    """
    secret = secret.strip()
    if not _SECRET.fullmatch(secret):
        raise CoralSecretInvalid
    count = select(func.count()).where(CoralSecret.site_id == site.id)
    if session.scalars(count).one() >= SECRETS_MAX:
        raise TooManyCoralSecrets
    hint = secret[-_HINT_CHARS:]
    stored = CoralSecret(site_id=site.id, sealed=seal.seal(secret), hint=hint, created_at=now)
    session.add(stored)
    session.flush()
    return stored


def of_site(session: Session, site: Site) -> list[CoralSecret]:
    """Return the site's secrets, oldest first."""
    mine = select(CoralSecret).where(CoralSecret.site_id == site.id)
    return list(session.scalars(mine.order_by(CoralSecret.id)))


def remove(session: Session, site: Site, hint: str) -> bool:
    """Remove the secret that ends so; say whether there was one."""
    found = session.execute(
        delete(CoralSecret)
        .where(CoralSecret.site_id == site.id, CoralSecret.hint == hint[-_HINT_CHARS:])
        .returning(CoralSecret.id)
    )
    return found.first() is not None


class Known:
    """Secrets by the site's short name, each read again when it is a second old."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._known: dict[str, tuple[float, Opened | None]] = {}

    async def of(self, slug: str) -> Opened | None:
        """Return the site and its secrets, or None where there is no such site.

        Raises:
            Unavailable: the database does not answer.
        """
        if not _SLUG.fullmatch(slug):
            return None
        known = self._known.get(slug)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        expires_at = time.monotonic() + _REMEMBERED.total_seconds()
        try:
            found = await self._around.in_transaction(
                lambda session: self._read(session, slug),
                within=self._around.share_knowing(known),
            )
        except Unavailable:
            if known is not None and known[0] > time.monotonic() - BELIEVED.total_seconds():
                return known[1]
            raise
        if len(self._known) >= _SLUGS_KEPT:
            self._known.clear()
        self._known[slug] = (expires_at, found)
        return found

    def _read(self, session: Session, slug: str) -> Opened | None:
        site: Site | None = session.scalar(select(Site).where(Site.slug == slug))
        if site is None:
            return None
        seal = self._around.seal
        return Opened(site.id, tuple(seal.open(each.sealed) for each in of_site(session, site)))
