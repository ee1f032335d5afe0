"""A site's public keys: made, listed, revoked."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.embed import origins as rules
from service.embed.errors import PublicKeyNotFound
from service.embed.tables import PublicKey
from service.sites.tables import Site

_RANDOM_BYTES: Final = 16
PATTERN: Final = r"pk_[A-Za-z0-9_-]{22}"
_TEXT: Final = re.compile(PATTERN)


def may_be(text: str) -> bool:
    """Say whether ``text`` has the form of a public key, so that the database need be asked."""
    return _TEXT.fullmatch(text) is not None


def add(session: Session, site: Site, *, origins: Sequence[str], now: datetime) -> PublicKey:
    """Store a new key for pages of these origins.

    Raises:
        OriginInvalid: one of them is no origin, or there is none.
    """
    key = PublicKey(
        site_id=site.id,
        text=f"pk_{secrets.token_urlsafe(_RANDOM_BYTES)}",
        origins=rules.checked(origins),
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key


def for_origin(session: Session, site: Site, origin: str, *, now: datetime) -> PublicKey:
    """Return a key of the site that is good for pages of ``origin``; made if there is none.

    Raises:
        OriginInvalid: it is none.
    """
    named = rules.normalised(origin)
    for key in of_site(session, site):
        if key.revoked_at is None and named in key.origins:
            return key
    return add(session, site, origins=[named], now=now)


def of_site(session: Session, site: Site) -> list[PublicKey]:
    """Return the site's keys, oldest first, revoked ones too."""
    of = select(PublicKey).where(PublicKey.site_id == site.id)
    return list(session.scalars(of.order_by(PublicKey.id)))


def revoke(session: Session, site: Site, text: str, *, now: datetime) -> PublicKey:
    """End the key; a process that still knows it forgets it within a second.

    Raises:
        PublicKeyNotFound: the site has no such key.
    """
    named = select(PublicKey).where(PublicKey.site_id == site.id, PublicKey.text == text)
    key: PublicKey | None = session.scalar(named)
    if key is None:
        raise PublicKeyNotFound(text)
    key.revoked_at = key.revoked_at or now
    session.flush()
    return key
