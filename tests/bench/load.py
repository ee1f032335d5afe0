"""A cheap load generator: keep-alive connections that send the next request when answered.

    python -m tests.bench.load --port 8000 --key parley_… --seconds 5

Prints one JSON document: how many were answered, by status, and the latencies' quantiles.
"""

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import uvloop

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_WORDS = (
    *("the", "border", "treaty", "was", "signed", "in", "Tashkent", "after", "long", "talks"),
    *("islam", "is", "not", "terrorism", "and", "people", "on", "both", "sides", "know", "it"),
    *("чегара", "савдо", "келишув", "халық", "қауіпсіздік", "граница", "закрыта", "навсегда"),
)
ARTICLES, AUTHORS, TEXTS, BODY_CHARS = 50, 2_000, 500, 300


@dataclass
class Load:
    """Requests to send, and what came of them."""

    path: str
    key: str
    run: int
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = Random(self.run)  # noqa: S311 - load, not secrets
        self._texts = [a_text(random) for _ in range(TEXTS)]

    def next_request(self) -> bytes:
        """Return a comment like no other: its own external id, one of many authors and articles."""
        self.sent += 1
        n = self.sent
        body = json.dumps(
            {
                "article": {
                    "id": f"2026/11/{n % ARTICLES}",
                    "url": f"https://news.example/2026/11/{n % ARTICLES}",
                    "title": f"Two states agree on their border, part {n % ARTICLES}",
                },
                "author": {"name": f"Reader {n * 7 % AUTHORS}", "id": f"user-{n * 7 % AUTHORS}"},
                "body": self._texts[n % TEXTS],
                "external_id": f"comment-{self.run}-{n}",
                "reader_network": f"203.0.{n % 256}.7",
            },
            ensure_ascii=False,
        ).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def a_text(random: Random) -> str:
    """Return a comment's worth of words, in several languages."""
    return " ".join(random.choice(_WORDS) for _ in range(80))[:BODY_CHARS]


class _Connection(asyncio.Protocol):
    def __init__(self, load: Load, ends_at: float) -> None:
        self.load, self.ends_at = load, ends_at
        self.ended = asyncio.get_running_loop().create_future()
        self._received = b""
        self._sent_at = 0.0

    # uvloop's transports are Transports in all but their base class.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_ends = self._received.find(b"\r\n\r\n")
        if head_ends < 0:
            return
        length = _LENGTH.search(self._received, 0, head_ends)
        if length is None or len(self._received) < head_ends + 4 + int(length[1]):
            return
        self.load.seconds.append(time.perf_counter() - self._sent_at)
        self.load.statuses[int(self._received[9:12])] += 1
        self._received = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionResetError("closed by the server"))

    def _send(self) -> None:
        if time.perf_counter() >= self.ends_at:
            self.ended.set_result(None)
            self.transport.close()
            return
        request = self.load.next_request()
        self._sent_at = time.perf_counter()
        self.transport.write(request)


async def run(load: Load, *, port: int, connections: int, seconds: float) -> dict[str, object]:
    """Send ``load`` for so long; return the figures."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    opened = [
        await loop.create_connection(
            lambda: _Connection(load, started + seconds), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.ended for _, protocol in opened))
    took = time.perf_counter() - started
    ordered = sorted(load.seconds)
    return {
        "per_second": len(ordered) / took,
        "statuses": dict(load.statuses),
        "p50_ms": 1000 * ordered[len(ordered) // 2],
        "p99_ms": 1000 * ordered[len(ordered) * 99 // 100],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default="/v1/comments")
    parser.add_argument("--key", default="none")
    parser.add_argument("--run", type=int, default=0)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    load = Load(given.path, given.key, given.run)
    figures = uvloop.run(
        run(load, port=given.port, connections=given.connections, seconds=given.seconds)
    )
    print(json.dumps(figures))  # noqa: T201


if __name__ == "__main__":
    main()
