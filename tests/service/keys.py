"""A site that calls the API with its key."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from service.db import Database
from service.sites import actions
from service.sites.scopes import EVERY, Scope
from service.sites.tables import Site


@dataclass(frozen=True, slots=True)
class Caller:
    site: Site
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def a_caller(
    database: Database, slug: str, *, scopes: Collection[Scope] = EVERY, now: datetime
) -> Caller:
    """Return a stored site and a key of it, which may do everything unless ``scopes`` are given."""
    with database.transaction() as session:
        site = actions.create_site(
            session, slug=slug, name=slug.title(), url=f"https://{slug}.example", now=now
        )
        _, key = actions.issue_key(session, site, name="test", scopes=scopes, by="test", now=now)
    return Caller(site, key)
