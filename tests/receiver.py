"""A site's own HTTP server, for webhooks: keeps what it receives, answers as it is told."""

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    drip: timedelta | None = None
    until: Event | None = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The default of 5 drops connections that come at once, and a dropped one is tried again late.
    request_queue_size = 128


class Receiver:
    """Listens on a free port of loopback; answers 204 unless it was told otherwise."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._answers: deque[_Answer] = deque()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def answer(
        self,
        status: int,
        *,
        location: str | None = None,
        retry_after: str | None = None,
        drip: timedelta | None = None,
        until: Event | None = None,
    ) -> None:
        """Answer one request so: one byte at a time, or when something happens."""
        given = {"Location": location, "Retry-After": retry_after}
        headers = tuple((name, value) for name, value in given.items() if value)
        self._answers.append(_Answer(status, headers, drip, until))

    def next_answer(self) -> _Answer:
        return self._answers.popleft() if self._answers else _Answer()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self.close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = receiver.next_answer()
            receiver.received.append(Received(self.path, headers, body))
            with suppress(BrokenPipeError, ConnectionResetError):
                self._answer(answer)

        def _answer(self, answer: _Answer) -> None:
            if answer.until is not None:
                answer.until.wait(120)
            if answer.drip is not None:
                for each in b"HTTP/1.1 204 No Content\r\nX-Slow: " + b"x" * 100:
                    self.wfile.write(bytes([each]))
                    time.sleep(answer.drip.total_seconds())
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Stay silent."""

    return Handler
