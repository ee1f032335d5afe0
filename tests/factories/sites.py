from datetime import UTC, datetime
from itertools import count
from typing import Any, TypedDict, Unpack
from uuid import UUID

from service.sites.tables import Site

_numbers = count(1)


class SiteChanges(TypedDict, total=False):
    id: UUID
    slug: str
    name: str
    url: str
    required_fields: list[str]
    preferences: dict[str, Any]


def a_site(**changes: Unpack[SiteChanges]) -> Site:
    """Return an unsaved site."""
    given: SiteChanges = {"slug": f"site-{next(_numbers)}", "name": "Border News", **changes}
    given.setdefault("url", "https://news.example")
    return Site(**given, created_at=datetime(2026, 11, 1, tzinfo=UTC))
