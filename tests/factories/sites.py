from datetime import UTC, datetime
from itertools import count
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy.orm import Session

from service.sites.actions import issue_key
from service.sites.tables import Site

_numbers = count(1)


class SiteChanges(TypedDict, total=False):
    id: UUID
    slug: str
    name: str
    url: str
    required_fields: list[str]


def a_site(**changes: Unpack[SiteChanges]) -> Site:
    """Return an unsaved site."""
    given: SiteChanges = {"slug": f"site-{next(_numbers)}", "name": "Border News", **changes}
    given.setdefault("url", "https://news.example")
    return Site(**given, created_at=datetime(2026, 11, 1, tzinfo=UTC))


def a_site_with_key(session: Session, **changes: Unpack[SiteChanges]) -> tuple[Site, str]:
    """Store a site and a key of it; return the site and the key's text."""
    site = a_site(**changes)
    session.add(site)
    session.flush()
    _, text = issue_key(session, site, name="tests", now=site.created_at)
    return site, text


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
