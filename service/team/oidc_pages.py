"""Signing in by another service's account: there and back again."""

import hmac
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service import html
from service.db import Database
from service.errors import RateLimited, Unauthenticated, Unavailable
from service.moderators import actions as moderators
from service.moderators import auth, outside
from service.moderators.attempts import remember, spend_network
from service.moderators.errors import OutsideRefused
from service.moderators.oidc import Person, Provider, UnderWay
from service.moderators.page_route import PageRoute
from service.request import AppSettings, Now
from service.sealing import Seal, SealBroken
from service.settings import Settings
from service.team import actions as team
from service.team.sign_in_pages import sign_in_form

router = APIRouter(prefix="/review/sign-in", include_in_schema=False, route_class=PageRoute)

CALLBACK = "/review/sign-in/outside/back"
_COOKIE = "parley_outside"
_HOME = "/review"
_LONGEST = timedelta(minutes=10)


@router.get("/outside")
def go_outside(
    request: Request,
    settings: AppSettings,
    now: Now,
    next_: Annotated[str, Query(alias="next", max_length=500)] = "",
) -> Response:
    """Send the browser to the provider, with what must come back sealed in a cookie.

    A link, not a form: the pages' policy has browsers send forms nowhere else, by no detour either.
    """
    under_way = UnderWay.begin(html.own_path(next_, otherwise=_HOME))
    try:
        spend_network(request, settings)
        answer = html.go_to(_provider(request).address(under_way))
    except (Unauthenticated, RateLimited, Unavailable) as error:
        return sign_in_form(request, settings, next_=next_, refused=error)
    answer.set_cookie(
        _COOKIE,
        Seal.of(settings).seal_at(under_way.text(), now).decode(),
        max_age=round(_LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings.web.public_url.startswith("https:"),
        path=CALLBACK,
    )
    return answer


@router.get("/outside/back")
def come_back(
    request: Request,
    settings: AppSettings,
    now: Now,
    *,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=500)] = "",
    iss: Annotated[str | None, Query(max_length=2000)] = None,
) -> Response:
    """Sign in whoever the provider vouches for, if it is somebody here."""
    try:
        spend_network(request, settings)
        provider = _provider(request)
        under_way = _under_way(request, settings, state, now=now)
        if not code or (iss is not None and iss != provider.issuer):
            raise OutsideRefused
        person = provider.person(code, under_way, now=now)
        token, email = _sign_in(request, settings, person, now=now)
    except (Unauthenticated, RateLimited, Unavailable) as error:
        answer = sign_in_form(request, settings, refused=error)
    else:
        answer = html.go_to(html.own_path(under_way.next, otherwise=_HOME))
        auth.set_cookie(answer, token, settings)
        remember(request, answer, settings, email)
    answer.delete_cookie(_COOKIE, path=CALLBACK)
    return answer


def _provider(request: Request) -> Provider:
    """Return the provider.

    Raises:
        OutsideRefused: none is set up.
    """
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise OutsideRefused
    return provider


def _under_way(request: Request, settings: Settings, state: str, *, now: Now) -> UnderWay:
    """Return what this browser began.

    Raises:
        OutsideRefused: it began nothing, something else, or too long ago.
    """
    sealed = request.cookies.get(_COOKIE, "")
    try:
        opened = Seal.of(settings).open_fresh(sealed.encode(), within=_LONGEST, now=now)
    except SealBroken as error:
        raise OutsideRefused from error
    under_way = UnderWay.read(opened)
    if not hmac.compare_digest(under_way.state.encode(), state.encode("utf-8", "replace")):
        raise OutsideRefused
    return under_way


def _sign_in(request: Request, settings: Settings, person: Person, *, now: Now) -> tuple[str, str]:
    """Open a session, in a transaction of its own: the provider was asked without one."""
    database: Database = request.app.state.database
    lifetime = settings.review.session_lifetime
    with database.transaction() as session:
        who, is_new = outside.recognise(session, person, now=now)
        if is_new:
            team.end_handed_out(session, who, now=now)
        return moderators.open_session(session, who, now=now, lifetime=lifetime), who.email
