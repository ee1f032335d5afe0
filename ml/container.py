"""One file for named arrays: no pickle, the same bytes from the same arrays, a checked digest.

Layout: magic (8 bytes), SHA-256 of all that follows (32), length of the header (8, little-endian),
the header (JSON, sorted keys), then each array as it lies in memory, aligned to 64 bytes.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]

_MAGIC = b"PARLEY\x00\x01"
_FIXED = len(_MAGIC) + 32 + 8
_ALIGNED = 64
_TYPES = frozenset(
    {
        "int8",
        "uint8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
    }
)


class ContainerError(Exception):
    """The bytes are not a whole, untouched file of ours; the message says what is wrong."""


def pack(arrays: Arrays, header: Mapping[str, object]) -> bytes:
    """Return the file; ``header`` must be JSON and must not use the key ``arrays``."""
    described: list[dict[str, object]] = []
    body = bytearray()
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        if array.dtype.name not in _TYPES:
            raise ContainerError(f"An array of {array.dtype} cannot be stored: {name}.")
        body += bytes(-len(body) % _ALIGNED)
        kind, shape = array.dtype.newbyteorder("<").str, list(array.shape)
        described.append({"name": name, "type": kind, "shape": shape, "at": len(body)})
        body += array.astype(kind, copy=False).tobytes()
    text = json.dumps({**header, "arrays": described}, sort_keys=True, ensure_ascii=False)
    head = text.encode()
    head += b" " * (-(len(head) + _FIXED) % _ALIGNED)
    rest = len(head).to_bytes(8, "little") + head + bytes(body)
    return _MAGIC + hashlib.sha256(rest).digest() + rest


def unpack(source: bytes) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Return the arrays (read-only views of ``source``) and the header.

    Raises:
        ContainerError: not such a file, cut short, or changed since it was written.
    """
    if source[: len(_MAGIC)] != _MAGIC:
        raise ContainerError("This is not a Parley model file.")
    if len(source) < _FIXED:
        raise ContainerError("The file is cut short.")
    stored = source[len(_MAGIC) : len(_MAGIC) + 32]
    if hashlib.sha256(memoryview(source)[len(_MAGIC) + 32 :]).digest() != stored:
        raise ContainerError("The file was cut short or changed: its digest does not match.")
    size = int.from_bytes(source[_FIXED - 8 : _FIXED], "little")
    header = json.loads(source[_FIXED : _FIXED + size])
    body = _FIXED + size
    arrays = {}
    for entry in header.pop("arrays"):
        count = int(np.prod(entry["shape"], dtype=np.int64))
        flat = np.frombuffer(source, np.dtype(entry["type"]), count, body + entry["at"])
        arrays[entry["name"]] = flat.reshape(entry["shape"])
    return arrays, header


def digest(source: bytes) -> str:
    """Return the name that a file goes by: ``sha256:`` and the hash of all its bytes."""
    return f"sha256:{hashlib.sha256(source).hexdigest()}"
