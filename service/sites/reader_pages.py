"""Pages for readers, who have no account: in their language, also when something goes wrong."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from service import html, problems
from service.errors import Gone, ModerationError
from service.sites import reader_texts
from service.sites.reader_language import ReaderLanguage

_log = structlog.get_logger(__name__)

_TEXTS: Final = Path(__file__).parent / "texts"
_RETRY_AFTER: Final = "5"


def language_of(
    request: Request, *, otherwise: ReaderLanguage = ReaderLanguage.ENGLISH
) -> ReaderLanguage:
    """Return the language to speak: ``lang`` of the address, else the browser's, else another."""
    return reader_texts.wanted_language(
        request.query_params.get("lang"),
        request.headers.get("accept-language"),
        otherwise=otherwise,
    )


def page(
    request: Request,
    template: str,
    language: ReaderLanguage,
    *,
    texts: Path,
    status: int = 200,
    **context: object,
) -> Response:
    """Return the template, filled: ``t`` are the texts of the folder, ``common`` those of all."""
    return html.page(
        request,
        template,
        status=status,
        language=language.value,
        t=reader_texts.in_language(texts, language),
        common=reader_texts.in_language(_TEXTS, language),
        languages=reader_texts.NAMES,
        **context,
    )


class ReaderRoute(APIRoute):
    """Answers what goes wrong with a page in the reader's language."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def with_pages(request: Request) -> Response:
            try:
                return await handle(request)
            except ModerationError as error:
                line = "gone.expired" if isinstance(error, Gone) else "gone.unknown"
                return _gone(request, line, status=problems.status_of(error))
            except RequestValidationError as error:
                _log.info("form_refused", problems=len(error.errors()))
                return _gone(request, "gone.incomplete", status=422)
            except (OperationalError, InterfaceError, NoConnectionFree) as error:
                _log.warning("database_silent", error=type(error).__name__)
                answer = _gone(request, "gone.silent", status=503)
                answer.headers["Retry-After"] = _RETRY_AFTER
                return answer

        return with_pages


def _gone(request: Request, line: str, *, status: int) -> Response:
    return page(
        request, "sites/gone.html", language_of(request), texts=_TEXTS, status=status, line=line
    )
