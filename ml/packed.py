"""Weights of all labels as whole numbers, eight to a 64-bit word: one look-up finds them all.

A table of half-precision weights is larger than the cache, and most of the time of scoring went
into waiting for it. A byte for each label is enough for nearly all n-grams: a weight is a whole
number of *steps*, and the step of a label is so small that rounding moves its logit by a hundredth.
The few n-grams that weigh more (the worst of swearwords) stand in a table of their own.

Sums are of whole numbers, hence exact in any order: a text alone and in a batch score the same.
"""

from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int32]
Bounds = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

NUMBER_MAX = 2**15 - 1
# Bytes are stored with this added, so that none is negative; none is 0 either.
_MIDDLE = 128
_BYTE_MAX = 127
_IN_WORD = 8
# This part of a label's weights may stand in the table of the strong.
_STRONG_SHARE = 0.002
# Four sums of two labels: two lanes of 32 bits, which overflow after 16 million n-grams.
_LANES = np.uint64(0x000000FF_000000FF)
_BYTE = np.uint64(8)
_STRONG_MAX = np.uint64((1 << 56) - 1)
# Texts at a time, so that what stands between the steps stays in the cache.
_AT_ONCE = 64


def step_of(weights: FloatArray) -> float:
    """Return the step of a label with these weights; 0 if all are 0."""
    sizes = np.abs(weights[weights != 0])
    if not len(sizes):
        return 0.0
    common = float(np.quantile(sizes, 1 - _STRONG_SHARE)) / _BYTE_MAX
    return max(common, float(sizes.max()) / NUMBER_MAX)


def in_steps(weights: FloatArray, step: float) -> npt.NDArray[np.int16]:
    """Return the weights as whole numbers of steps."""
    return np.rint(weights / (step or 1.0)).astype(np.int16)


@dataclass(frozen=True, slots=True)
class Packed:
    """A table of weights: row r, label c weighs ``numbers[r, c] * steps[c]``.

    Attributes:
        words: shape (groups of eight labels, rows); a byte for each label, 128 added. A high byte
            of 0 in the first group says that the row is strong, and the rest of it which one.
        strong: shape (strong rows, labels): their numbers.
        steps: shape (labels,).
    """

    words: Words
    strong: npt.NDArray[np.int16]
    steps: FloatArray

    @classmethod
    def of(cls, numbers: npt.NDArray[np.int16], steps: FloatArray) -> Self:
        """Pack numbers of shape (rows, labels)."""
        rows, labels = numbers.shape
        groups = -(-labels // _IN_WORD)
        strong = np.flatnonzero((np.abs(numbers) > _BYTE_MAX).any(axis=1))
        octets = np.full((rows, groups * _IN_WORD), _MIDDLE, np.uint8)
        octets[:, _bytes(labels)] = numbers + _MIDDLE
        octets[strong] = _MIDDLE
        words = octets.view("<u8").T.copy()
        words[0, strong] = np.arange(len(strong))
        return cls(words, numbers[strong], steps)

    @property
    def labels(self) -> int:
        return len(self.steps)

    def __len__(self) -> int:
        return int(self.words.shape[1])

    def numbers(self, rows: Columns | None = None) -> npt.NDArray[np.int16]:
        """Return the whole numbers of rows, all by default, shape (rows, labels)."""
        words = self.words if rows is None else self.words.take(rows, axis=1)
        octets = words.T.copy().view(np.uint8)[:, _bytes(self.labels)]
        found = octets.astype(np.int16) - np.int16(_MIDDLE)
        at = (words[0] <= _STRONG_MAX).nonzero()[0]
        found[at] = self.strong.take(words[0, at], axis=0)
        return found

    def rows(self, rows: Columns | None = None) -> FloatArray:
        """Return the weights of rows, all by default, shape (rows, labels)."""
        return self.numbers(rows) * self.steps

    def sums(self, columns: Columns, bounds: Bounds) -> FloatArray:
        """Return the sums of rows ``columns[bounds[k, i]:bounds[k, i + 1]]`` over all k.

        Args:
            columns: rows of this table.
            bounds: shape (k, n + 1).

        Returns:
            Shape (n, labels).
        """
        if len(bounds) == 1 and len(bounds[0]) > _AT_ONCE + 1:
            parts = [
                bounds[:, i : i + _AT_ONCE + 1] for i in range(0, bounds.shape[1] - 1, _AT_ONCE)
            ]
            return np.concatenate(
                [self.sums(columns[p[0, 0] : p[0, -1]], p - p[0, 0]) for p in parts]
            )
        if len(bounds[0]) == _BOUNDS_OF_ONE and len(columns) <= _EXACT_MAX and len(self.words) == 1:
            return self._sums_of_one(columns)
        sizes = bounds[:, 1:] - bounds[:, :-1]
        starts = bounds[:, :-1].ravel()
        full = sizes.ravel().nonzero()[0]
        if len(full) == sizes.size:
            totals = self._totals(columns, starts)
        else:  # what sums from start to start wants something at each of them
            totals = np.zeros((sizes.size, _IN_WORD * len(self.words)), np.int64)
            if len(full):
                totals[full] = self._totals(columns, starts.take(full))
        whole = np.add.reduce(totals.reshape(*sizes.shape, -1))
        whole -= _MIDDLE * np.add.reduce(sizes)[:, None]
        return np.asarray(whole[:, : len(self.steps)] * self.steps, np.float64)

    def _sums_of_one(self, columns: Columns) -> FloatArray:
        """Return the sums of these rows, shape (1, labels).

        A product of floating-point numbers, each of them a whole number that fits: as exact.
        """
        words = self.words[0].take(columns)
        at = (words <= _STRONG_MAX).nonzero()[0]
        strong = words.take(at)
        words[at] = _NOTHING
        octets = words.view(np.uint8).reshape(-1, _IN_WORD).astype(np.float32)
        whole = (_ONES[: len(columns)] @ octets).take(_bytes(self.labels))
        whole -= np.float32(_MIDDLE * len(columns))
        if len(at):
            whole = whole + np.add.reduce(self.strong.take(strong, axis=0), dtype=np.int64)
        return np.asarray((whole * self.steps)[None], np.float64)

    def _totals(self, columns: Columns, starts: Bounds) -> Numbers:
        """Return the sum of what is stored for each label, from each start to the next."""
        words = self.words[0].take(columns)
        at = (words <= _STRONG_MAX).nonzero()[0]
        strong = words.take(at)
        words[at] = _NOTHING
        totals = _lanes(words, starts)
        if len(self.words) > 1:
            others = [_lanes(table.take(columns), starts) for table in self.words[1:]]
            totals = np.concatenate([totals, *others], axis=1)
        if len(at):
            # Summed up once: what is strong between two starts is the difference of two sums.
            sums = np.zeros((len(at) + 1, len(self.steps)), np.int64)
            sums[1:] = self.strong.take(strong, axis=0)
            np.add.accumulate(sums, axis=0, out=sums)
            before = sums.take(at.searchsorted(starts), axis=0)
            totals[:-1, : len(self.steps)] += before[1:] - before[:-1]
            totals[-1, : len(self.steps)] += sums[-1] - before[-1]
        return totals


def _lanes(words: Words, starts: Bounds) -> Numbers:
    """Return the sum of each of the eight bytes of the words, used up, from each start to the next.

    One after the other: all at once would push the table's words out of the cache.
    """
    sums = np.empty((len(starts), _IN_WORD // 2), "<u8")
    lanes = np.empty_like(words)
    for pair in sums.T:
        np.bitwise_and(words, _LANES, out=lanes)
        np.add.reduceat(lanes, starts, out=pair)
        words >>= _BYTE
    return sums.view("<u4").astype(np.int64)


@cache
def _bytes(labels: int) -> Bounds:
    """Return which byte of a row's words holds each label, so that lanes come out in order."""
    group, place = np.divmod(np.arange(labels), _IN_WORD)
    return np.asarray(group * _IN_WORD + place // 2 + 4 * (place % 2), np.int64)


# The bounds of one text: its start and its end.
_BOUNDS_OF_ONE = 2
# So many bytes sum up to less than 2 ** 24, as far as 32-bit floating point counts by ones.
_EXACT_MAX = 1 << 16
_ONES = np.ones(_EXACT_MAX, np.float32)
_NOTHING = np.uint64(int.from_bytes(bytes([_MIDDLE] * _IN_WORD), "little"))
