"""A site that calls the API with its key."""

from dataclasses import dataclass
from datetime import datetime

from service.db import Database
from service.sites import actions
from service.sites.tables import Site


@dataclass(frozen=True, slots=True)
class Caller:
    site: Site
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def a_caller(database: Database, slug: str, *, now: datetime) -> Caller:
    """Return a stored site and a key of it."""
    with database.transaction() as session:
        site = actions.create_site(
            session, slug=slug, name=slug.title(), url=f"https://{slug}.example", now=now
        )
        _, key = actions.issue_key(session, site, name="test", now=now)
    return Caller(site, key)
