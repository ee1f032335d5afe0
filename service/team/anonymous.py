"""Forms for whoever is not signed in: each is bound to its browser by a cookie of its own."""

import secrets

from fastapi import Request, Response

from service import html
from service.moderators import auth, forgery
from service.settings import Settings

_COOKIE = "parley_form"
_NONCE_BYTES = 16


def form_page(
    request: Request, settings: Settings, template: str, *, status: int = 200, **context: object
) -> Response:
    """Return a page with a form that ``check`` knows again."""
    form_id = request.cookies.get(_COOKIE) or secrets.token_urlsafe(_NONCE_BYTES)
    csrf = forgery.token_for(settings, form_id.encode())
    answer = html.page(request, template, status=status, language=None, csrf=csrf, **context)
    auth.set_cookie(answer, form_id, settings, name=_COOKIE)
    return answer


def check(request: Request, settings: Settings, csrf: str) -> None:
    """Pass what such a form of this browser sent.

    Raises:
        ForeignRequest: another page may have sent it.
    """
    form_id = request.cookies.get(_COOKIE, "")
    forgery.check(request, settings, session_id=form_id.encode(), given=csrf)
