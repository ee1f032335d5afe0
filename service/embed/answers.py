"""Answers to reads that are the same for every reader, ready to send."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

_WRITER: Final[TypeAdapter[object]] = TypeAdapter(object)
_COMPRESSED_FROM: Final = 1_000
_LEVEL: Final = 5
_DIGEST_CHARS: Final = 22


@dataclass(frozen=True)
class Answer:
    """A JSON document; compressed and named once, for all who ask for it within a moment."""

    body: bytes

    @classmethod
    def of(cls, document: object) -> "Answer":
        return cls(_WRITER.dump_json(document))

    @property
    def size(self) -> int:
        """Bytes, with the compressed ones that may come to be kept beside."""
        return 2 * len(self.body)

    @cached_property
    def tag(self) -> str:
        """An entity tag: another document has another one."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:_DIGEST_CHARS]}"'

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.body, _LEVEL, mtime=0)


def respond(request: Request, answer: Answer, *, shared_for: int) -> Response:
    """Send the answer, or say that the browser has it already.

    A proxy may keep it as long as we do; a browser asks each time.
    """
    headers = {
        "ETag": answer.tag,
        "Cache-Control": f"public, max-age=0, s-maxage={shared_for}",
        "Vary": "Accept-Encoding",
    }
    if answer.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = answer.body
    if len(body) >= _COMPRESSED_FROM and accepts_gzip(request):
        body = answer.compressed
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type="application/json")


def accepts_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "").lower()
