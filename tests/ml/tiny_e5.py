"""A packed encoder of a few kilobytes, with weights drawn at random: the real file's layout."""

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ml.adapter import Adapter
from ml.transformer import MATRICES

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 3, 4, 64, 64
PIECES = (
    *("<s>", "<pad>", "</s>", "<unk>"),
    *("\u2581", "\u2581query", ":", "\u2581you", "\u2581are", "\u2581an", "\u2581id", "iot"),
    *("\u2581friend", "\u2581kind", "i", "o", "t", "\u2581i", "d", "a", "f", "n", "k", "e"),
)
SCORES = tuple(-float(number) for number in range(len(PIECES)))
RESPELLED = {ord("\uff41"): "a", ord("\t"): " "}


def packed_file(folder: Path, *, seed: int = 0, magic: bytes = b"E5S1", block: int = 32) -> Path:
    """Write the file and return its path."""
    draws = np.random.default_rng(seed)
    head = magic + struct.pack("<I", 1)
    head += struct.pack("<7i", HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 1)
    head += struct.pack("<fi", 1e-12, block)
    letters = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, letters)])
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, offsets[-1])
    head += offsets.astype("<u4").tobytes() + np.array(SCORES, "<f4").tobytes() + b"".join(letters)
    spelt = b"".join(
        struct.pack(f"<IB{len(to)}I", code, len(to), *map(ord, to))
        for code, to in RESPELLED.items()
    )
    head += struct.pack("<iI", len(RESPELLED), len(spelt)) + spelt
    tensors = _tensors(draws)
    directory = sum(2 + len(name) + 1 + 4 + 8 + 8 for name in tensors) + 4
    at = len(head) + directory
    head += struct.pack("<i", len(tensors))
    body = b""
    for name, (size, content) in tensors.items():
        padding = bytes(-(at + len(body)) % 32)
        body += padding
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0, size, at + len(body), len(content))
        body += content
    path = folder / "tiny.bin"
    path.write_bytes(head + body)
    return path


def an_adapter(*, seed: int = 0, layers: int = 2, window: int = 16, rank: int = 2) -> Adapter:
    """Return an adapter that fits the file, for eight labels."""
    draws = np.random.default_rng(seed)
    shapes = {
        "qkv": (HIDDEN, 3 * HIDDEN),
        "ao": (HIDDEN, HIDDEN),
        "fi": (HIDDEN, INNER),
        "fo": (INNER, HIDDEN),
    }
    downs, ups = {}, {}
    for layer in range(1, layers):
        for name in MATRICES:
            down, up = shapes[name]
            downs[f"{layer}.{name}"] = draws.normal(0, 0.3, (down, rank)).astype(np.float32)
            ups[f"{layer}.{name}"] = draws.normal(0, 0.3, (rank, up)).astype(np.float32)
    head = draws.normal(size=(HIDDEN, 8)).astype(np.float32)
    made = Adapter(layers, downs, ups, head, np.zeros(8, np.float32), window, digest="")
    return Adapter.load(made.to_bytes())


def _tensors(draws: np.random.Generator) -> Mapping[str, tuple[int, bytes]]:
    def plain(size: int, centre: float = 0.0) -> tuple[int, bytes]:
        return size, (centre + draws.normal(0, 0.1, size)).astype("<f4").tobytes()

    def packed(rows: int, width: int) -> tuple[int, bytes]:
        blocks = rows * width // 32
        scales = draws.uniform(0.01, 0.1, blocks).astype("<f2").view(np.uint8).reshape(blocks, 2)
        nibbles = draws.integers(0, 256, (blocks, 16), dtype=np.uint8)
        return rows * width, np.hstack([scales, nibbles]).tobytes()

    tensors = {
        "emb.word": packed(len(PIECES), HIDDEN),
        "emb.pos": plain(POSITIONS * HIDDEN),
        "emb.type": plain(HIDDEN),
        "emb.ln.w": plain(HIDDEN, 1.0),
        "emb.ln.b": plain(HIDDEN),
    }
    for layer in range(LAYERS):
        for name, rows, width in (
            *((part, HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")),
            ("fi", INNER, HIDDEN),
            ("fo", HIDDEN, INNER),
        ):
            tensors[f"l{layer}.{name}.w"] = packed(rows, width)
            tensors[f"l{layer}.{name}.b"] = plain(rows)
        for name in ("aln", "oln"):
            tensors[f"l{layer}.{name}.w"] = plain(HIDDEN, 1.0)
            tensors[f"l{layer}.{name}.b"] = plain(HIDDEN)
    return tensors
