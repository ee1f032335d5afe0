"""What goes wrong on a page is answered with a page; whoever is not signed in is shown the way."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from service import html, problems
from service.errors import ModerationError, Unauthenticated
from service.texts import said

_log = structlog.get_logger(__name__)

SIGN_IN_PATH = "/review/sign-in"


class PageRoute(APIRoute):
    """Answers an expected error with a page, and a missing session with the way to sign in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def with_pages(request: Request) -> Response:
            where = problems.route_of(request)
            try:
                return await handle(request)
            except Unauthenticated:
                came_from = request.url.path if request.method == "GET" else "/review"
                return html.go_to(f"{SIGN_IN_PATH}?next={quote(came_from)}")
            except ModerationError as error:
                status = problems.status_of(error)
                return html.page(request, "ui/error.html", status=status, refused=error)
            except RequestValidationError as error:
                _log.info("form_refused", route=where, problems=len(error.errors()))
                refused = said("The form was not complete: go back and send it again.")
                return html.page(request, "ui/error.html", status=422, refused=refused)
            except (OperationalError, InterfaceError, NoConnectionFree) as error:
                _log.warning("database_silent", route=where, error=type(error).__name__)
                refused = problems.DATABASE_SILENT
                answer = html.page(request, "ui/error.html", status=503, refused=refused)
                answer.headers["Retry-After"] = "5"
                return answer

        return with_pages
