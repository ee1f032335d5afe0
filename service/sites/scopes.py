"""What a key may do. Pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from service.sites.errors import ScopeMissing


class Scope(StrEnum):
    """A part of the API that a key opens."""

    COMMENTS = "comments"
    CLASSIFY = "classify"
    MANAGE = "manage"


MEANINGS: Final[dict[Scope, str]] = {
    Scope.COMMENTS: "send, read, edit and withdraw comments",
    Scope.CLASSIFY: "score texts, also in the dialects of other services",
    Scope.MANAGE: "change the policy, its words, webhooks, articles' modes and the site's settings",
}
# What the backend of a site needs all day. Who can change the policy can publish anything.
USUAL: Final = (Scope.COMMENTS, Scope.CLASSIFY)
EVERY: Final = tuple(Scope)


def require(held: Collection[str], needed: Scope) -> None:
    """Pass a key that holds the scope.

    Raises:
        ScopeMissing: it does not.
    """
    if needed not in held:
        raise ScopeMissing(needed)
