"""Hashes of the character and word n-grams of a whole batch, in array operations.

Shared by what tells languages apart and what the labels are judged by.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.letters import CODE_POINTS, KIND, SPACE, Codes, Kind

Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

# Odd multipliers; the first is Knuth's golden ratio.
_MIX = np.uint32(0x9E3779B1)
_STIR = np.uint32(0x85EBCA6B)
_PAIR = np.uint32(0xC2B2AE35)
_SHIFT = np.uint32(15)
_WORD_CHARS_MAX = 64
_POWERS = np.cumprod(np.full(_WORD_CHARS_MAX, _MIX, np.uint32), dtype=np.uint32)


def _word_characters() -> Bools:
    table = (KIND >= Kind.LATIN) & (KIND <= Kind.DIGIT)
    table[[ord(c) for c in "_*'"]] = True
    table[0x1F000:0x1FB00] = True
    table[0x2600:0x27C0] = True
    assert len(table) == CODE_POINTS  # noqa: S101 - one entry for every code point
    return table


IS_WORD = _word_characters()


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a batch: where each starts and ends, and its hash; letters, digits, emoji."""

    starts: Places
    ends: Places
    hashes: npt.NDArray[np.uint32]


def words(codes: Codes) -> Words:
    """Return every run of word characters; each text is framed by spaces, so none spans two."""
    inside = IS_WORD[codes]
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return Words(starts, ends, np.zeros(0, np.uint32))
    lengths = ends - starts
    # A sum of characters times powers by distance from the start: one pass for all words.
    first = np.cumsum(lengths) - lengths
    within = np.arange(int(lengths.sum())) - np.repeat(first, lengths)
    letters = codes[np.flatnonzero(inside)]
    values = letters * _POWERS[np.minimum(within, _WORD_CHARS_MAX - 1)]
    sums = np.add.reduceat(values, first, dtype=np.uint32)
    return Words(starts, ends, (sums ^ (sums >> _SHIFT)) * _STIR)


def word_pairs(hashes: npt.NDArray[np.uint32], distance: int = 1) -> npt.NDArray[np.uint32]:
    """Return the hash of each word with the one ``distance`` later."""
    pairs = (hashes[:-distance] * np.uint32(30 + distance) + hashes[distance:]) * _PAIR
    return pairs ^ (pairs >> _SHIFT)


def character_grams(codes: Codes, sizes: range) -> list[tuple[npt.NDArray[np.uint32], Bools]]:
    """Return, per size, the hash of the n-gram at every place, and where it is one.

    A space may only stand at either end, as with scikit-learn's ``char_wb``.
    """
    total = len(codes)
    letters = codes * _MIX
    hashes = letters
    blank = codes == SPACE
    found = []
    allowed = None
    for size in range(2, sizes.stop):
        length = max(total - size + 1, 0)
        hashes = (hashes[:length] ^ (hashes[:length] >> _SHIFT)) * _STIR + letters[size - 1 :]
        if size == 2:
            allowed = ~(blank[:-1] & blank[1:])
        elif size == 3:
            allowed = ~blank[1:-1]
        else:
            allowed = allowed[:length] & ~blank[size - 2 : size - 2 + length]
        if size in sizes:
            found.append((hashes, allowed))
    return found
