"""The pages by which somebody signs in and out, joins a site, and chooses a password."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response

from service import html
from service.errors import Forbidden, Invalid, ModerationError, RateLimited, Unauthenticated
from service.moderators import actions as moderators
from service.moderators import auth, joining, links
from service.moderators.attempts import remember, spend_attempt
from service.moderators.auth import FormModerator, PageModerator
from service.moderators.errors import OldPasswordWrong
from service.moderators.page_route import SIGN_IN_PATH, PageRoute
from service.moderators.queries import SignedIn, signed_in
from service.moderators.rules import PASSWORD_MIN_CHARS
from service.moderators.tables import AccountLink, LinkKind, Moderator
from service.problems import status_of
from service.request import AppSettings, Now, Transaction
from service.review import claims
from service.settings import Settings
from service.sites.tables import Site
from service.team import anonymous

router = APIRouter(prefix="/review", include_in_schema=False, route_class=PageRoute)

_HOME = "/review"
_Csrf = Annotated[str, Form(max_length=128)]
_Next = Annotated[str, Form(alias="next", max_length=500)]
_Password = Annotated[str, Form(max_length=1000)]
_LinkToken = Annotated[str, Path(max_length=100)]


@router.get("/sign-in")
def sign_in_page(
    request: Request,
    settings: AppSettings,
    next_: Annotated[str, Query(alias="next", max_length=500)] = "",
) -> Response:
    return sign_in_form(request, settings, next_=next_)


@router.post("/sign-in")
def sign_in(
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    email: Annotated[str, Form(max_length=1000)] = "",
    password: _Password = "",
    csrf: _Csrf = "",
    next_: _Next = "",
) -> Response:
    anonymous.check(request, settings, csrf)
    lifetime = settings.review.session_lifetime
    try:
        spend_attempt(request, settings, email)
        token = moderators.sign_in(session, email, password, now=now, lifetime=lifetime)
    except (Unauthenticated, RateLimited) as error:
        return sign_in_form(request, settings, next_=next_, email=email, refused=error)
    answer = html.go_to(html.own_path(next_, otherwise=_HOME))
    auth.set_cookie(answer, token, settings)
    remember(request, answer, settings, email)
    return answer


@router.post("/sign-out")
def sign_out(
    request: Request, session: Transaction, settings: AppSettings, who: FormModerator
) -> Response:
    claims.release_all(session, who.moderator.id)
    moderators.sign_out(session, auth.token_of(request) or "")
    answer = html.go_to(SIGN_IN_PATH)
    auth.clear_cookie(answer, settings)
    return answer


@router.get("/welcome/{token}")
def invitation_page(
    token: _LinkToken, request: Request, session: Transaction, settings: AppSettings, now: Now
) -> Response:
    link = links.find(session, LinkKind.INVITATION, token, now=now)
    return _invitation(request, session, settings, link, now=now)


@router.post("/welcome/{token}")
def accept_invitation(
    token: _LinkToken,
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    name: Annotated[str, Form(max_length=1000)] = "",
    password: _Password = "",
    csrf: _Csrf = "",
) -> Response:
    """Join with a new password, or with the one of the account that is there."""
    anonymous.check(request, settings, csrf)
    link = links.find(session, LinkKind.INVITATION, token, now=now)
    try:
        spend_attempt(request, settings, link.email)
        who = joining.accept(session, token, name=name, password=password, now=now)
    except (Invalid, RateLimited, Forbidden) as error:
        status, refused = status_of(error), error
        return _invitation(
            request, session, settings, link, now=now, name=name, refused=refused, status=status
        )
    return _welcome(request, session, settings, who, now=now)


@router.post("/welcome/{token}/as-me")
def accept_as_me(token: _LinkToken, session: Transaction, now: Now, who: FormModerator) -> Response:
    """Join as somebody who is signed in already."""
    joining.accept_as(session, token, who.moderator, now=now)
    return html.go_to(_HOME)


@router.get("/password/{token}")
def password_page(
    token: _LinkToken, request: Request, session: Transaction, settings: AppSettings, now: Now
) -> Response:
    link = links.find(session, LinkKind.PASSWORD, token, now=now)
    return _password_form(request, settings, link)


@router.post("/password/{token}")
def choose_password(
    token: _LinkToken,
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    password: _Password = "",
    csrf: _Csrf = "",
) -> Response:
    anonymous.check(request, settings, csrf)
    link = links.find(session, LinkKind.PASSWORD, token, now=now)
    try:
        who = joining.choose_password(session, token, password=password, now=now)
    except Invalid as error:
        return _password_form(request, settings, link, refused=error)
    return _welcome(request, session, settings, who, now=now)


@router.get("/account")
def account_page(
    request: Request, settings: AppSettings, who: PageModerator, saved: str = ""
) -> Response:
    return _account(request, settings, who, is_saved=bool(saved))


@router.post("/account")
def change_password(
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: FormModerator,
    old: _Password = "",
    new: _Password = "",
) -> Response:
    """Change the own password; this browser stays signed in, by another session."""
    try:
        spend_attempt(request, settings, who.moderator.email)
        joining.change_password(session, who.moderator, old=old, new=new, now=now)
    except (OldPasswordWrong, Invalid, RateLimited) as error:
        return _account(request, settings, who, refused=error)
    answer = _welcome(request, session, settings, who.moderator, now=now)
    answer.headers["Location"] = "/review/account?saved=1"
    return answer


def sign_in_form(
    request: Request,
    settings: Settings,
    *,
    next_: str = "",
    email: str = "",
    refused: ModerationError | None = None,
) -> Response:
    """Return the page to sign in on, with what was refused about it."""
    return anonymous.form_page(
        request,
        settings,
        "team/sign_in.html",
        status=401 if refused else 200,
        next=html.own_path(next_, otherwise=_HOME),
        email=email,
        refused=refused,
        outside=settings.oidc.called if settings.oidc.issuer else None,
    )


def _invitation(
    request: Request,
    session: Transaction,
    settings: Settings,
    link: AccountLink,
    *,
    now: Now,
    name: str = "",
    refused: ModerationError | None = None,
    status: int = 200,
) -> Response:
    """Show who is invited where; the form is the same whether the address has an account or not."""
    me = _signed_in(request, session, now=now)
    is_me = me is not None and me.moderator.email == link.email
    return anonymous.form_page(
        request,
        settings,
        "team/welcome.html",
        status=status,
        link=link,
        site=session.get_one(Site, link.site_id),
        name=name,
        refused=refused,
        min_chars=PASSWORD_MIN_CHARS,
        own_csrf=auth.csrf_of(me, settings) if me is not None and is_me else None,
    )


def _signed_in(request: Request, session: Transaction, *, now: Now) -> SignedIn | None:
    try:
        return signed_in(session, request.cookies.get(auth.COOKIE, ""), now=now)
    except Unauthenticated:
        return None


def _password_form(
    request: Request,
    settings: Settings,
    link: AccountLink,
    *,
    refused: ModerationError | None = None,
) -> Response:
    return anonymous.form_page(
        request,
        settings,
        "team/password.html",
        status=422 if refused else 200,
        email=link.email,
        refused=refused,
        min_chars=PASSWORD_MIN_CHARS,
    )


def _account(
    request: Request,
    settings: Settings,
    who: SignedIn,
    *,
    refused: ModerationError | None = None,
    is_saved: bool = False,
) -> Response:
    return html.page(
        request,
        "team/account.html",
        status=422 if refused else 200,
        who=who,
        csrf=auth.csrf_of(who, settings),
        has_password=who.moderator.password_hash is not None,
        refused=refused,
        is_saved=is_saved,
        min_chars=PASSWORD_MIN_CHARS,
    )


def _welcome(
    request: Request, session: Transaction, settings: Settings, who: Moderator, *, now: Now
) -> Response:
    """Sign in whoever has followed a link."""
    lifetime = settings.review.session_lifetime
    token = moderators.open_session(session, who, now=now, lifetime=lifetime)
    answer = html.go_to(_HOME)
    auth.set_cookie(answer, token, settings)
    remember(request, answer, settings, who.email)
    return answer
