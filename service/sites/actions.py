"""Verbs that change sites and their keys."""

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.db import new_id
from service.sites import log, rules
from service.sites.errors import SlugTaken
from service.sites.scopes import USUAL, Scope
from service.sites.tables import ApiKey, ChangeKind, Site

_PREFIX_BYTES = 4
_SECRET_BYTES = 32
# A part of a host name has 63 characters at most, and no capitals.
_LABEL_SECRET_BYTES = 25


def create_site(
    session: Session,
    *,
    slug: str,
    name: str,
    url: str,
    required_fields: Sequence[str] = (),
    now: datetime,
) -> Site:
    """Store a new site; ``required_fields`` are names of ``rules.RequirableField``.

    Raises:
        SiteInvalid: a field is wrong.
        SlugTaken: another site has this slug.
    """
    rules.check_site(slug=slug, name=name, url=url, required_fields=required_fields)
    stored: Site | None = session.scalar(
        insert(Site)
        .values(
            id=new_id(),
            slug=slug,
            name=name,
            url=url,
            required_fields=list(required_fields),
            reject_reasons=[],
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Site.slug])
        .returning(Site)
    )
    if stored is None:
        raise SlugTaken(slug)
    return stored


def issue_key(
    session: Session,
    site: Site,
    *,
    name: str,
    scopes: Collection[Scope] = USUAL,
    for_host_names: bool = False,
    by: str,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Store a new key of ``site``; return it with its text, which is shown this once.

    ``for_host_names``: the key can be a part of a host name, for clients that send it there.

    Raises:
        KeyInvalid: the name says nothing, or there is no scope.
    """
    rules.check_key(name=name, scopes=scopes)
    prefix = secrets.token_hex(_PREFIX_BYTES)
    text = _label_key(prefix) if for_host_names else _key(prefix)
    key = ApiKey(
        site_id=site.id,
        name=name.strip(),
        prefix=prefix,
        digest=rules.key_digest(text),
        scopes=[scope.value for scope in Scope if scope in scopes],
        created_at=now,
    )
    session.add(key)
    told = {"prefix": prefix, "name": key.name, "scopes": key.scopes}
    log.write(session, site.id, ChangeKind.KEY_ISSUED, by=by, now=now, **told)
    return key, text


def _key(prefix: str) -> str:
    return f"parley_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def _label_key(prefix: str) -> str:
    secret = base64.b32encode(secrets.token_bytes(_LABEL_SECRET_BYTES)).decode().lower()
    return f"parley-{prefix}-{secret}"


def revoke_key(session: Session, key: ApiKey, *, by: str, now: datetime) -> None:
    """End ``key``; a process that still knows it forgets it within a second."""
    if key.revoked_at is not None:
        return
    key.revoked_at = now
    told = {"prefix": key.prefix, "name": key.name}
    log.write(session, key.site_id, ChangeKind.KEY_REVOKED, by=by, now=now, **told)
