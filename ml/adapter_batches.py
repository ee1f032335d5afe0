"""Texts of like length, which the encoder reads together, and what is left out of them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]

LENGTHS = (12, 16, 24, 32, 48, 64, 96, 128)
PIECES_PER_STEP = 2048
NEVER_LEFT_OUT = 4  # so many first pieces stand before every text


def by_length(texts: Sequence[Sequence[int]]) -> Iterator[tuple[int, list[Sequence[int]]]]:
    """Yield texts of like length together, every one of them."""
    for shorter, length in pairwise((0, *LENGTHS)):
        alike = [text for text in texts if shorter < len(text) <= length]
        if alike:
            yield length, alike


def batches(
    texts: Sequence[Sequence[int]], draws: np.random.Generator
) -> Iterator[tuple[int, list[int]]]:
    """Yield texts of like length together; the last few that fill no batch are left out."""
    waiting: dict[int, list[int]] = {length: [] for length in LENGTHS}
    for row in draws.permutation(len(texts)).tolist():
        length = next(one for one in LENGTHS if len(texts[row]) <= one)
        waiting[length].append(row)
        if len(waiting[length]) == PIECES_PER_STEP // length:
            yield length, waiting[length]
            waiting[length] = []


def leave_out(mask: BoolArray, share: float, draws: np.random.Generator) -> BoolArray:
    """Return which pieces are read when each is left out by chance, so that none is relied on.

    What is read stays in its place; what stands before every text is never left out.

    Args:
        mask: shape (n, length), which pieces are there.
        share: how many of them are left out, from 0 to 1.
        draws: decides which.
    """
    read = mask.copy()
    rest = read[:, NEVER_LEFT_OUT:]
    rest &= draws.random(rest.shape) >= share
    return read
