"""The page at which an author reads why, and appeals; it works without scripts."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from service import html
from service.appeals import actions
from service.appeals.errors import AppealTextUnfit
from service.appeals.opening import TEXTS, comment_of, opened
from service.comments.statement_link import STATEMENTS
from service.errors import Conflict
from service.request import AppSettings, Now, Transaction
from service.settings import Settings
from service.sites import reader_pages, reader_texts
from service.sites.reader_language import ReaderLanguage
from service.sites.reader_pages import ReaderRoute

router = APIRouter(prefix=STATEMENTS, include_in_schema=False, route_class=ReaderRoute)

# More than can be said, so that a text that is too long is answered rather than cut off.
_FORM_MAX_CHARS = 20_000


@router.get("/{token}")
def statement_page(
    request: Request, token: str, session: Transaction, settings: AppSettings, now: Now
) -> Response:
    return _page(request, session, settings, token, now=now)


@router.post("/{token}")
def appeal(
    request: Request,
    token: str,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    text: Annotated[str, Form(max_length=_FORM_MAX_CHARS)] = "",
) -> Response:
    """Keep the appeal, and show the statement with it; or the form again, with what is wrong."""
    comment = comment_of(session, settings, token, now=now)
    language = _language(request, comment.language_hint)
    window = settings.appeals.window
    try:
        actions.appeal(session, comment, text, language=language, now=now, window=window)
    except AppealTextUnfit as error:
        return _page(request, session, settings, token, now=now, written=text, wrong=error)
    except Conflict:
        # Appealed in another tab, or decided meanwhile: the statement says so itself.
        pass
    return html.go_to(f"{STATEMENTS}/{token}?lang={language}#appeal")


def _page(
    request: Request,
    session: Session,
    settings: Settings,
    token: str,
    *,
    now: Now,
    written: str = "",
    wrong: AppealTextUnfit | None = None,
) -> Response:
    comment = comment_of(session, settings, token, now=now)
    language = _language(request, comment.language_hint)
    return reader_pages.page(
        request,
        "appeals/statement.html",
        language,
        texts=TEXTS,
        status=422 if wrong else 200,
        stated=opened(session, settings, token, language, now=now),
        written=written,
        wrong=wrong,
    )


def _language(request: Request, hint: str | None) -> ReaderLanguage:
    """Return the language asked for, the browser's, or else that of the comment."""
    otherwise = reader_texts.of_tag(hint or "") or ReaderLanguage.ENGLISH
    return reader_pages.language_of(request, otherwise=otherwise)
