"""What routes for moderators share: which sites are meant, and what every one of them answers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from service.moderators.queries import SignedIn

Responses = dict[int | str, dict[str, Any]]

SIGNED_IN: Responses = {
    401: {"description": "`not_signed_in`"},
    403: {"description": "`foreign_request`: a cookie without its `X-CSRF-Token`"},
}
SiteQuery = Annotated[
    str | None,
    Query(alias="site", max_length=100, description="Slug; without it, all sites of one's own."),
]


def site_ids(who: SignedIn, slug: str | None) -> tuple[UUID, ...]:
    """Return the sites that are meant.

    Raises:
        SiteNotFound: it is none of the moderator's.
    """
    return who.site_ids if slug is None else (who.site(slug).id,)


def slugs(who: SignedIn) -> dict[UUID, str]:
    return {site.id: site.slug for site in who.sites.values()}
