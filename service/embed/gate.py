"""Stands before the readers' endpoints: which site, from whose page, and how often.

A browser says in `Origin` from whose page a call comes, and shows an answer only to origins that
the answer names (CORS). So a public key that somebody copies into another site's pages does nothing
there. Programs can say any origin: against these there are rate limits and the rest.

Source: Fetch Standard, section 3.2 "CORS protocol"; Fetch Metadata Request Headers.
"""

from typing import Annotated, Final

from fastapi import Depends, FastAPI, Path, Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import problems
from service.embed import origins, public_keys
from service.embed.errors import OriginMissing, OriginNotAllowed
from service.embed.opened import OpenedSite
from service.embed.surroundings import Surroundings
from service.errors import ModerationError

PREFIX: Final = "/embed/v1/"
_STATE: Final = "opened_site"
_READING: Final = frozenset({"GET", "HEAD"})
# Where a call that names no origin may come from: our own pages, or no page at all.
_NO_STRANGERS_PAGE: Final = frozenset({None, "same-origin", "none"})
_METHODS: Final = "GET, POST, PUT, DELETE"
_HEADERS: Final = "Content-Type, X-Reader-Token"
_PREFLIGHT_SECONDS: Final = 7200


class Gate:
    """Lets through what comes from a page of the key's site, and says so to the browser.

    Whatever is answered behind it, errors too, the page's script may read.
    """

    # As a route's template would, it names in the metrics what was not let through.
    path = f"{PREFIX}{{key}}"

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = _readable_by(headers.get("origin"), send)
        try:
            opened = await _opened(scope, headers)
        except ModerationError as error:
            scope["route"] = self
            await problems.from_moderation_error(error)(scope, receive, send)
            return
        if _is_preflight(scope, headers):
            scope["route"] = self
            await _preflight()(scope, receive, send)
            return
        scope.setdefault("state", {})[_STATE] = opened
        await self.app(scope, receive, send)


async def _opened(scope: Scope, headers: Headers) -> OpenedSite:
    """Return the site that the key in the path opens to this call.

    Raises:
        RateLimited: the caller's address has called too often in this minute.
        PublicKeyNotKnown: there is no such key.
        OriginNotAllowed, OriginMissing: the call does not come from one of its pages.
    """
    app: FastAPI = scope["app"]
    around: Surroundings = app.state.embed
    reads = scope["method"] in _READING or _is_preflight(scope, headers)
    await around.spend_call(scope, reads=reads)
    opened = await around.keys.site_of(scope["path"][len(PREFIX) :].partition("/")[0])
    origin = headers.get("origin")
    if origin is not None:
        if origin not in opened.origins:
            raise OriginNotAllowed(_shown(origin))
    elif not reads:
        raise OriginMissing
    elif headers.get("sec-fetch-site") not in _NO_STRANGERS_PAGE:
        raise OriginNotAllowed(None)
    return opened


def _shown(origin: str) -> str | None:
    """Return what may be repeated of an origin: a command for a shell stands around it."""
    try:
        return origins.normalised(origin)
    except ModerationError:
        return None


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "OPTIONS" and "access-control-request-method" in headers


def _preflight() -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
        },
    )


def _readable_by(origin: str | None, send: Send) -> Send:
    """Have the page that asks see the answer.

    Also a page that is refused: its refusal says what would be right, and nothing else is in it.
    Not for a preflight: what the page would send then is not even sent.
    """

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Origin")
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if origin is not None:
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Expose-Headers"] = "Retry-After"
        await send(message)

    return with_headers


async def _site(
    request: Request,
    key: Annotated[
        str,
        Path(
            description="The site's public key, as `parley site public-key` shows it.",
            pattern=f"^{public_keys.PATTERN}$",
            examples=["pk_J3cXk0nS9bUQvTtYzWmL1A"],
        ),
    ],
) -> OpenedSite:
    del key  # looked up at the gate
    opened: OpenedSite = request.scope["state"][_STATE]
    return opened


CurrentReaderSite = Annotated[OpenedSite, Depends(_site)]
