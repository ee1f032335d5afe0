"""What the review routes share: cards as they are answered."""

from collections.abc import Sequence

from service.moderators.http import Responses, slugs
from service.moderators.queries import SignedIn
from service.review.cards import Card
from service.review.schemas import CardOut

NOT_FOUND: Responses = {404: {"description": "`comment_not_found`, `site_not_found`"}}


def out(found: Sequence[Card], who: SignedIn) -> list[CardOut]:
    names = slugs(who)
    return [CardOut.of(card, who, names) for card in found]
