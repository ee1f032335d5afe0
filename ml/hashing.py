"""Hashes of the character and word n-grams of a whole batch, in array operations.

Shared by what tells languages apart and what the labels are judged by.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml.letters import CODE_POINTS, KIND, SPACE, Codes, Kind
from ml.rows import Rows

Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]

# Odd multipliers; the first is Knuth's golden ratio.
_MIX = np.uint32(0x9E3779B1)
_STIR = np.uint32(0x85EBCA6B)
_PAIR = np.uint32(0xC2B2AE35)
_SHIFT = np.uint32(15)
_FIRST_OF_PAIR = np.uint32(31)
_PAIR_SIZE = 2
# The multiplier's inverse modulo 2 ** 32: it takes powers back off.
_UNMIX = np.uint32(pow(int(_MIX), -1, 1 << 32))
_POWERS_AT_FIRST = 1 << 16


@cache
def _powers(base: np.uint32, count: int) -> Hashes:
    return np.cumprod(np.full(count, base, np.uint32), dtype=np.uint32)


def _word_characters() -> Bools:
    table = (KIND >= Kind.LATIN) & (KIND <= Kind.DIGIT)
    table[[ord(c) for c in "_*'"]] = True
    table[0x1F000:0x1FB00] = True
    table[0x2600:0x27C0] = True
    assert len(table) == CODE_POINTS  # noqa: S101 - one entry for every code point
    return table


IS_WORD = _word_characters()


class Grams(NamedTuple):
    """The n-grams of one kind in a batch: where each begins, and its hash."""

    places: Places
    hashes: Hashes


class Words(NamedTuple):
    """The words of a batch: where each starts and ends, and its hash; letters, digits, emoji."""

    starts: Places
    ends: Places
    hashes: Hashes


def words(codes: Codes) -> Words:
    """Return every run of word characters; each text is framed by spaces, so none spans two."""
    inside = IS_WORD.take(codes)
    edges = (inside[1:] != inside[:-1]).nonzero()[0] + 1
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return Words(starts, ends, np.zeros(0, np.uint32))
    # A polynomial over the whole batch, summed up once: a word is the difference of two sums,
    # and taking the powers of its place back off makes it the same word anywhere.
    room = max(_POWERS_AT_FIRST, 1 << len(codes).bit_length())
    sums = (codes * _powers(_MIX, room)[: len(codes)]).cumsum(dtype=np.uint32)
    polynomials = sums.take(ends - 1) - sums.take(starts - 1)
    polynomials *= _powers(_UNMIX, room).take(starts)
    return Words(starts, ends, (polynomials ^ (polynomials >> _SHIFT)) * _STIR)


def lone_words(rows: Rows) -> list[int]:
    """Return the hashes of the rows that hold one word and no more."""
    found = words(rows.codes)
    row = rows.ends.searchsorted(found.starts, "right")
    counts = np.bincount(row, minlength=len(rows))
    lone: list[int] = found.hashes[counts[row] == 1].tolist()
    return lone


def word_pairs(words: Words, row_ends: Places) -> Grams:
    """Return each word with the next one of its row; no row's last pairs with the next's first."""
    pairs = (words.hashes[:-1] * _FIRST_OF_PAIR + words.hashes[1:]) * _PAIR
    pairs ^= pairs >> _SHIFT
    if len(row_ends) == 1:  # every word but the last has a next
        return Grams(words.starts[:-1], pairs)
    leads = np.zeros(len(words.starts) + 1, bool)
    leads[0] = True
    leads[words.starts.searchsorted(row_ends)] = True
    firsts = (~leads).nonzero()[0] - 1
    return Grams(words.starts.take(firsts), pairs.take(firsts))


def character_grams(codes: Codes, sizes: range) -> list[Grams]:
    """Return the n-grams of each size, in the order of the text.

    A space may only stand at either end, as with scikit-learn's ``char_wb``.
    """
    letters = codes * _MIX
    last = letters
    solid = codes != SPACE
    allowed = solid[1:-1]
    found = []
    for size in range(2, sizes.stop):
        mixed = last >> _SHIFT
        mixed ^= last
        mixed *= _STIR
        last = mixed[:-1]
        last += letters[size - 1 :]
        # Two need one that is no space; more of them, none inside.
        if size > _PAIR_SIZE + 1:
            allowed = allowed[:-1] & solid[size - 2 : -1]
        if size >= sizes.start:
            present = allowed if size > _PAIR_SIZE else solid[:-1] | solid[1:]
            places = present.nonzero()[0]
            found.append(Grams(places, last.take(places)))
    return found
