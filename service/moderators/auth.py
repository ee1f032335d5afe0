"""Which moderator is calling: by the session's cookie, or by its token as ``Authorization``."""

from typing import Annotated

from fastapi import Depends, Form, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from service.moderators import actions, forgery, queries
from service.moderators.errors import NotSignedIn
from service.moderators.queries import SignedIn
from service.request import AppSettings, Now, Transaction
from service.settings import Settings

COOKIE = "parley_session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="moderatorToken",
    description="The `token` that `POST /v1/review/sign-in` answers.",
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
        who = queries.signed_in(session, bearer.credentials, now=now)
    else:
        who = _by_cookie(session, cookie, now=now)
        if request.method not in _SAFE_METHODS:
            given = request.headers.get("x-csrf-token")
            _check(request, settings, who, given)
    return who


def _by_api(
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: Annotated[SignedIn, Depends(_watching)],
) -> SignedIn:
    actions.prolong(session, who, now=now, lifetime=settings.review.session_lifetime)
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
    forgery.check(request, settings, session_id=who.sign_in.token_digest, given=given)


def csrf_of(who: SignedIn, settings: Settings) -> str:
    """Return the token that this session's forms and calls carry."""
    return forgery.token_for(settings, who.sign_in.token_digest)


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
FormModerator = Annotated[SignedIn, Depends(_by_form)]
