"""Near copies among many texts: MinHash over word triples, banded, then checked exactly.

Source: Broder 1997, "On the resemblance and containment of documents"; Leskovec et al., "Mining of
Massive Datasets", ch. 3. All in array operations: a hundred thousand texts take seconds.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BANDS, ROWS_PER_BAND = 10, 3
RESEMBLANCE = 0.8
WORDS = re.compile(r"\w+")
MIN_WORDS = 6
_PRIME = np.uint64(2**61 - 1)


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs (earlier, later) whose word triples overlap by ``RESEMBLANCE`` or more.

    Every text is compared with the first of each bucket it falls in, so a family of copies is
    connected through its first. Texts of fewer than ``MIN_WORDS`` words are never near copies.
    """
    shingles = {
        row: _shingles(words)
        for row, text in enumerate(texts)
        if len(words := WORDS.findall(text.lower())) >= MIN_WORDS
    }
    rows = list(shingles)
    if not rows:
        return []
    found = {
        (first, row)
        for first, row in _candidates(rows, _signatures(list(shingles.values())))
        if resemblance(shingles[first], shingles[row]) >= RESEMBLANCE
    }
    return sorted(found)


def _shingles(words: Sequence[str]) -> NDArray[np.uint64]:
    triples = zip(words, words[1:], words[2:], strict=False)
    return np.unique(np.array([crc32(" ".join(t).encode()) for t in triples], np.uint64))


def resemblance(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """Return the Jaccard coefficient of two sorted sets of hashes, in [0, 1]."""
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common / (one.size + other.size - common))


def _signatures(shingles: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Return the smallest hash of each text under each permutation, shape (n, permutations)."""
    joined = np.concatenate(shingles)
    starts = np.cumsum([0, *map(len, shingles[:-1])])
    draws = np.random.default_rng(1997)
    slopes = draws.integers(1, 2**31 - 1, BANDS * ROWS_PER_BAND, dtype=np.uint64)
    shifts = draws.integers(0, 2**31 - 1, BANDS * ROWS_PER_BAND, dtype=np.uint64)
    return np.stack(
        [
            np.minimum.reduceat((joined * slope + shift) % _PRIME, starts)
            for slope, shift in zip(slopes, shifts, strict=True)
        ],
        axis=1,
    )


def _candidates(rows: Sequence[int], signatures: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    for band in range(BANDS):
        part = signatures[:, band * ROWS_PER_BAND : (band + 1) * ROWS_PER_BAND]
        first_in: dict[bytes, int] = defaultdict(lambda: -1)
        for row, key in zip(rows, part, strict=True):
            first = first_in[key.tobytes()]
            if first < 0:
                first_in[key.tobytes()] = row
            else:
                yield first, row
