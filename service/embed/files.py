"""The section's scripts, styles and texts: small, compressed once, and for pages of any site."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from service.embed.answers import accepts_gzip
from service.embed.messages import languages, source_of
from service.embed.published import published

router = APIRouter(prefix="/embed", include_in_schema=False)

_STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}
_MOMENT: Final = "public, max-age=300, stale-while-revalidate=86400"
_FOREVER: Final = "public, max-age=31536000, immutable"
_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    compressed: bytes
    tag: str
    media_type: str


@router.head("/locales/{name}")
@router.get("/locales/{name}")
async def read_locale(name: str, request: Request) -> Response:
    return _respond(request, f"locales/{name}")


@router.head("/{name}")
@router.get("/{name}")
async def read_file(name: str, request: Request) -> Response:
    return _respond(request, name)


def _respond(request: Request, name: str) -> Response:
    """Send a file; one whose address has its version in it is kept by browsers for good."""
    file = files().get(name)
    if file is None:
        raise HTTPException(404)
    kept = _FOREVER if request.query_params.get("v") else _MOMENT
    headers = {**_HEADERS, "Cache-Control": kept, "ETag": file.tag}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if not accepts_gzip(request) or len(file.compressed) >= len(file.body):
        return Response(file.body, headers=headers, media_type=file.media_type)
    headers["Content-Encoding"] = "gzip"
    return Response(file.compressed, headers=headers, media_type=file.media_type)


@cache
def files() -> dict[str, _File]:
    """Return all files by name; read and made small once."""
    return dict(_made())


def _made() -> Iterator[tuple[str, _File]]:
    sources = [source_of(language) for language in languages()]
    for name, text in published(_STATIC, also=sources).items():
        yield name, _file(name, text.encode())
    for language in languages():
        lines = json.loads(source_of(language))
        texts = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
        name = f"locales/{language}.json"
        yield name, _file(name, texts.encode())


def _file(name: str, body: bytes) -> _File:
    # Weak: the compressed form is the same file.
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:22]}"'
    return _File(body, gzip.compress(body, 9, mtime=0), tag, _TYPES[Path(name).suffix])
