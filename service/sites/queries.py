"""Reads of sites and their keys."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.sites.errors import KeyNotFound, KeyNotKnown, SiteNotFound
from service.sites.tables import ApiKey, Site


def by_slug(session: Session, slug: str) -> Site:
    """Return the site.

    Raises:
        SiteNotFound: there is none.
    """
    site: Site | None = session.scalar(select(Site).where(Site.slug == slug))
    if site is None:
        raise SiteNotFound(slug)
    return site


def keys(session: Session, site: Site) -> list[ApiKey]:
    """Return the site's keys, oldest first, revoked ones too."""
    return list(
        session.scalars(select(ApiKey).where(ApiKey.site_id == site.id).order_by(ApiKey.id))
    )


def key_by_prefix(session: Session, site: Site, prefix: str) -> ApiKey:
    """Return the site's key whose text begins with ``parley_<prefix>_``.

    Raises:
        KeyNotFound: there is none.
    """
    found = select(ApiKey).where(ApiKey.site_id == site.id, ApiKey.prefix == prefix)
    key: ApiKey | None = session.scalar(found.order_by(ApiKey.id).limit(1))
    if key is None:
        raise KeyNotFound(prefix)
    return key


def by_key(session: Session, digest: bytes) -> tuple[Site, ApiKey]:
    """Return the site that a key opens, by the key's digest.

    Raises:
        KeyNotKnown: no such key, or revoked.
    """
    found = session.execute(
        select(Site, ApiKey)
        .join(ApiKey, ApiKey.site_id == Site.id)
        .where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None))
    ).one_or_none()
    if found is None:
        raise KeyNotKnown
    site, key = found
    return site, key
