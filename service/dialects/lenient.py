"""JSON as the clients of other services write it: strict first, then as JavaScript would read it.

Perspective's own quick start has keys without quotes, and its API reads them.
"""

import json
import re
from typing import Final

import pyjson5

# Half of a surrogate pair is no character; a replacement of the same length keeps all offsets.
_HALF: Final = re.compile("[\ud800-\udfff]")
_DEPTH_MAX: Final = 32


class NotJson(ValueError):
    """The body cannot be read as a JSON object."""


def read_object(body: bytes) -> dict[str, object]:
    """Return the object that ``body`` holds; half surrogate pairs in it become U+FFFD.

    Raises:
        NotJson: it holds none.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson from error
    try:
        found = _read(text)
    except (ValueError, RecursionError, pyjson5.Json5Exception) as error:
        raise NotJson from error
    if not isinstance(found, dict):
        raise NotJson
    whole = _mended(found, depth=0)
    assert isinstance(whole, dict)  # noqa: S101 - a mended dict is one
    return whole


def mended(text: str) -> str:
    """Return ``text`` with U+FFFD for each half of a surrogate pair."""
    return _HALF.sub("\ufffd", text)


def _read(text: str) -> object:
    try:
        found: object = json.loads(text)
    except json.JSONDecodeError:
        found = pyjson5.decode(text, maxdepth=_DEPTH_MAX)
    return found


def _mended(value: object, *, depth: int) -> object:
    if depth > _DEPTH_MAX:
        raise NotJson
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, list):
        return [_mended(each, depth=depth + 1) for each in value]
    if isinstance(value, dict):
        return {
            str(_mended(name, depth=depth)): _mended(each, depth=depth + 1)
            for name, each in value.items()
        }
    return value
