"""Which moderator is calling: by the session's cookie, or by its token as ``Authorization``."""

from typing import Annotated

from fastapi import Depends, Form, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from service.limits import RateLimiter
from service.moderators import actions, forgery, queries, tokens
from service.moderators.errors import NotSignedIn, PersonNeeded
from service.moderators.queries import SignedIn
from service.moderators.rules import TOKEN_MARK, TOKEN_MEANINGS, TokenScope, require_scope
from service.request import AppSettings, Now, Transaction
from service.settings import Settings

COOKIE = "parley_session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="moderatorToken",
    description="The `token` that `POST /v1/review/sign-in` answers; or a program's own, "
    "`parleymod_…`, which a lead of the site issues: "
    + "; ".join(f"`{scope}`: {meaning}" for scope, meaning in TOKEN_MEANINGS.items())
    + ".",
)
_cookie = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="moderatorCookie",
    description="The review page's session. Changing calls also send `X-CSRF-Token`.",
)


def _watching(
    *,
    request: Request,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> SignedIn:
    if bearer is not None:
        # Nothing sends this header by itself, so there is nothing to forge.
        who = _by_bearer(request, session, settings, bearer.credentials, now=now)
    else:
        who = _by_cookie(session, cookie, now=now)
        if request.method not in _SAFE_METHODS:
            given = request.headers.get("x-csrf-token")
            _check(request, settings, who, given)
    return who


def _by_bearer(
    request: Request, session: Session, settings: Settings, token: str, *, now: Now
) -> SignedIn:
    if not token.startswith(TOKEN_MARK):
        return queries.signed_in(session, token, now=now)
    who = tokens.signed_in(session, token, now=now)
    assert who.scopes is not None  # noqa: S101 - so are programs
    is_reading = request.method in _SAFE_METHODS
    require_scope(who.scopes, TokenScope.READ if is_reading else TokenScope.DECIDE)
    limiter: RateLimiter = request.app.state.limiter
    per_minute = settings.limits.reads_per_minute
    limiter.spend("tokens", who.moderator.id.hex, per_minute=per_minute)
    return who


def _by_api(
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: Annotated[SignedIn, Depends(_watching)],
) -> SignedIn:
    actions.prolong(session, who, now=now, lifetime=settings.review.session_lifetime)
    return who


def _person(who: Annotated[SignedIn, Depends(_by_api)]) -> SignedIn:
    if who.sign_in is None:
        raise PersonNeeded
    return who


def _by_page(request: Request, session: Transaction, settings: AppSettings, now: Now) -> SignedIn:
    who = _by_cookie(session, request.cookies.get(COOKIE), now=now)
    actions.prolong(session, who, now=now, lifetime=settings.review.session_lifetime)
    return who


def _by_form(
    request: Request,
    settings: AppSettings,
    who: Annotated[SignedIn, Depends(_by_page)],
    csrf: Annotated[str, Form(max_length=128)] = "",
) -> SignedIn:
    _check(request, settings, who, csrf)
    return who


def _by_cookie(session: Session, token: str | None, *, now: Now) -> SignedIn:
    if not token:
        raise NotSignedIn
    return queries.signed_in(session, token, now=now)


def _check(request: Request, settings: Settings, who: SignedIn, given: str | None) -> None:
    forgery.check(request, settings, session_id=_session_id(who), given=given)


def csrf_of(who: SignedIn, settings: Settings) -> str:
    """Return the token that this session's forms and calls carry."""
    return forgery.token_for(settings, _session_id(who))


def _session_id(who: SignedIn) -> bytes:
    assert who.sign_in is not None  # noqa: S101 - only a session has a cookie
    return who.sign_in.token_digest


def set_cookie(response: Response, token: str, settings: Settings, *, name: str = COOKIE) -> None:
    """Give the browser the session: out of reach of scripts, and of other sites' posts."""
    response.set_cookie(
        name,
        token,
        httponly=True,
        samesite="lax",
        secure=settings.web.public_url.startswith("https:"),
        path="/",
    )


def clear_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        COOKIE,
        httponly=True,
        samesite="lax",
        secure=settings.web.public_url.startswith("https:"),
        path="/",
    )


def token_of(request: Request) -> str | None:
    """Return the session's token as it was sent, without asking whether it is good."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials
    return request.cookies.get(COOKIE)


# A page that asks by itself for what is new: that does not keep an idle moderator signed in.
WatchingModerator = Annotated[SignedIn, Depends(_watching)]
CurrentModerator = Annotated[SignedIn, Depends(_by_api)]
PageModerator = Annotated[SignedIn, Depends(_by_page)]
# What no program may do, whatever its token holds.
PersonModerator = Annotated[SignedIn, Depends(_person)]
FormModerator = Annotated[SignedIn, Depends(_by_form)]
