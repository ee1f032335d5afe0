"""What every dialect is: calls at fixed addresses, and one way to say no, whatever went wrong.

A dialect stands in for another service's API, so not one of its answers may be in our own shape or
in the framework's: its clients would fail at reading it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from service.dialects import patience
from service.errors import ModerationError, RateLimited, TooLarge
from service.problems import status_of

_log = structlog.get_logger(__name__)

Call = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call has no answer: its HTTP status by our own reckoning, a stable code, a sentence."""

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


Say = Callable[[Request, Failure], Response]

_NOTHING_HERE: Final = Failure(404, "not_found", "There is nothing at this address.")
_OUR_FAULT: Final = Failure(500, "internal", "Something went wrong on our side.")
_GONE_AWAY: Final = Failure(400, "client_gone", "The call was broken off.")
_RETRY_AFTER: Final = {"Retry-After": "5"}


class Refused(Exception):
    """A call that the dialect refuses in words of its own."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class BodyTooLarge(TooLarge):
    """The body grew past what the dialect takes."""

    code = "body_too_large"

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The body has more than {max_bytes} bytes, the most that we take.")


class Dialect:
    """An ASGI application that answers every call under its addresses, in its own shape.

    Args:
        name: for the metrics.
        prefixes: all that lies under these is this dialect's, known or not.
        calls: path → method → what answers; ``{name}`` in a path is a parameter.
        say: turns a failure into the shape that the dialect's clients read.
    """

    def __init__(
        self,
        name: str,
        *,
        prefixes: Sequence[str],
        calls: Mapping[str, Mapping[str, Call]],
        say: Say,
    ) -> None:
        # As a route's template would, it names the calls in the metrics.
        self.path = f"dialect:{name}"
        self._prefixes = tuple(prefixes)
        self._say = say
        self._routes = [
            Route(path, answer, methods=[method])
            for path, methods in calls.items()
            for method, answer in methods.items()
        ]

    def owns(self, path: str) -> bool:
        return path.startswith(self._prefixes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        patience.begin()
        request = Request(scope, receive, send)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._call(request)(request)
        except Refused as refused:
            return refused.response
        except ClientDisconnect:
            return self._say(request, _GONE_AWAY)
        except ModerationError as error:
            return self._say(request, failure_of(error))
        except _Unroutable as unroutable:
            return self._say(request, unroutable.failure)
        except Exception as error:  # noqa: BLE001 - the last word is the dialect's, and we log it
            # The pattern: of the address itself, a client may have made a key a part.
            _log.error("unexpected_error", path=_pattern_of(request), exc_info=error)
            return self._say(request, _OUR_FAULT)

    def _call(self, request: Request) -> Call:
        allowed: list[str] = []
        for route in self._routes:
            match, found = route.matches(request.scope)
            if match is Match.FULL:
                request.scope.update(found, pattern=route.path)
                call: Call = found["endpoint"]
                return call
            if match is Match.PARTIAL:
                allowed += route.methods or ()
        if not allowed:
            raise _Unroutable(_NOTHING_HERE)
        raise _Unroutable(
            Failure(
                405,
                "method_not_allowed",
                "This address does not answer to this method.",
                {"Allow": ", ".join(sorted(set(allowed)))},
            )
        )


def _pattern_of(request: Request) -> str:
    pattern: str = request.scope.get("pattern", "unknown")
    return pattern


class _Unroutable(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


def failure_of(error: ModerationError) -> Failure:
    """Return an expected error as a failure, with the status of its kind."""
    if isinstance(error, BodyTooLarge):
        return Failure(413, error.code, error.detail)
    status = status_of(error)
    headers: Mapping[str, str] = {}
    if isinstance(error, RateLimited):
        headers = {"Retry-After": str(max(1, round(error.retry_after.total_seconds())))}
    elif status == 503:  # noqa: PLR2004
        headers = _RETRY_AFTER
    return Failure(status, error.code, error.detail, headers)


class Dispatch:
    """Hands a call to the dialect that owns its path, and all others to the application."""

    def __init__(
        self, app: Callable[[Scope, Receive, Send], Awaitable[None]], *, dialects: Sequence[Dialect]
    ) -> None:
        self.app = app
        self.dialects = dialects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for dialect in self.dialects:
                if dialect.owns(scope["path"]):
                    await dialect(scope, receive, send)
                    return
        await self.app(scope, receive, send)
