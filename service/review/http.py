"""What the review routes share: who may see what, and cards as they are answered."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from service.moderators.queries import SignedIn
from service.review.cards import Card
from service.review.schemas import CardOut

Responses = dict[int | str, dict[str, Any]]

SIGNED_IN: Responses = {
    401: {"description": "`not_signed_in`"},
    403: {"description": "`foreign_request`: a cookie without its `X-CSRF-Token`"},
}
NOT_FOUND: Responses = {404: {"description": "`comment_not_found`, `site_not_found`"}}
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


def out(found: Sequence[Card], who: SignedIn) -> list[CardOut]:
    names = slugs(who)
    return [CardOut.of(card, who, names) for card in found]
