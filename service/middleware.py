"""What surrounds every request: an id for its log lines, and a limit to the size of its body."""

import secrets

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem

_ID_MAX_CHARS = 64


class BodyTooLarge(HTTPException):
    """The body grew past the limit while it was being read.

    An HTTPException, because the framework turns any other error of reading a body into a 400.
    """

    def __init__(self, max_bytes: int) -> None:
        super().__init__(413, f"The body has more than {max_bytes} bytes, the most that we take.")


class RequestId:
    """Takes ``X-Request-ID`` or makes one; binds it to the logs and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        await self.app(scope, receive, with_id)


class LimitBody:
    """Refuses a body over ``max_bytes``, by its header where there is one, else while reading."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.max_bytes:
            await self._refuse(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.max_bytes:
                raise BodyTooLarge(self.max_bytes)
            return message

        await self.app(scope, counted, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = BodyTooLarge(self.max_bytes)
        await problem(413, "body_too_large", error.detail)(scope, receive, send)


def _request_id(scope: Scope) -> str:
    given: str = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    if 0 < len(given) <= _ID_MAX_CHARS and given.isascii() and given.isprintable():
        return given
    return secrets.token_hex(8)
