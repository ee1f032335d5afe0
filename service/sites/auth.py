"""Which site is calling, and whether its key may: the bearer's key names it.

A route asks for the site by the scope that its callers need: ``site: CommentsSite``.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.limits import RateLimiter
from service.request import AppSettings, Transaction
from service.sites import queries, rules, scopes
from service.sites.scopes import Scope
from service.sites.tables import ApiKey, Site

site_key = HTTPBearer(
    scheme_name="siteKey",
    bearerFormat="parley_<8 hex digits>_<43 characters>",
    description="A key of the site, from `parley site key`. It opens what its scopes name: "
    + "; ".join(f"`{scope}`: {meaning}" for scope, meaning in scopes.MEANINGS.items())
    + ".",
    auto_error=False,
)


class _Caller(NamedTuple):
    site: Site
    key: ApiKey


def _caller(request: Request, session: Transaction, settings: AppSettings) -> _Caller:
    """Return the site whose key was sent, and the key.

    Raises:
        Unauthenticated: no key, or one that is not known or revoked.
        RateLimited: the key's calls of this minute are spent.
    """
    digest = rules.key_digest(rules.key_in(request.headers.get("authorization")))
    site, key = queries.by_key(session, digest)
    limiter: RateLimiter = request.app.state.limiter
    limiter.spend("reads", key.id.hex, per_minute=settings.limits.reads_per_minute)
    return _Caller(site, key)


def site_with(scope: Scope) -> Callable[..., Site]:
    """Return a dependency that answers the calling site, where its key holds ``scope``.

    It raises ScopeMissing for another key. The document of the API names the scope.
    """

    def _site(
        caller: Annotated[_Caller, Depends(_caller)],
        _: Annotated[HTTPAuthorizationCredentials | None, Security(site_key, scopes=[scope.value])],
    ) -> Site:
        scopes.require(caller.key.scopes, scope)
        return caller.site

    return _site


def _key_name(caller: Annotated[_Caller, Depends(_caller)]) -> str:
    return rules.described_key(name=caller.key.name, prefix=caller.key.prefix)


CommentsSite = Annotated[Site, Depends(site_with(Scope.COMMENTS))]
ClassifyingSite = Annotated[Site, Depends(site_with(Scope.CLASSIFY))]
ManagingSite = Annotated[Site, Depends(site_with(Scope.MANAGE))]
# How the calling key is named where it is kept who did something: never the key itself.
KeyName = Annotated[str, Depends(_key_name)]
