"""Which site is calling: the bearer's key names it."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.limits import RateLimiter
from service.request import AppSettings, Transaction
from service.sites import queries, rules
from service.sites.tables import Site

site_key = HTTPBearer(
    scheme_name="siteKey",
    bearerFormat="parley_<8 hex digits>_<43 characters>",
    description="A key of the site, from `parley site key`.",
    auto_error=False,
)


def _current_site(
    request: Request,
    session: Transaction,
    settings: AppSettings,
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(site_key)],
) -> Site:
    """Return the site whose key was sent.

    Raises:
        Unauthenticated: no key, or one that is not known or revoked.
        RateLimited: the key's calls of this minute are spent.
    """
    digest = rules.key_digest(rules.key_in(request.headers.get("authorization")))
    site, key = queries.by_key(session, digest)
    limiter: RateLimiter = request.app.state.limiter
    limiter.spend("reads", key.id.hex, per_minute=settings.limits.reads_per_minute)
    return site


CurrentSite = Annotated[Site, Depends(_current_site)]
