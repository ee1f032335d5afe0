"""Many texts in one array of code points, so that each step is a few operations on all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml.letters import SPACE, Codes

Ends = npt.NDArray[np.int64]
# For each code point, where in the text as written it came from: shape (n, 2), start and end.
Origins = npt.NDArray[np.int64]


class Change(NamedTuple):
    """What to put in place of a stretch of a row."""

    row: int
    start: int
    end: int
    codes: Codes
    origins: Origins | None


@dataclass(slots=True)
class Rows:
    """Texts in one array: row i is ``codes[ends[i - 1]:ends[i]]``, framed by spaces.

    Nobody changes one; it is not frozen, since ten are made for each text.
    """

    codes: Codes
    ends: Ends
    origins: Origins | None = None

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def starts(self) -> Ends:
        starts = np.zeros(len(self.ends), np.int64)
        starts[1:] = self.ends[:-1]
        return starts

    def bounds(self, number: int) -> tuple[int, int]:
        """Return where a row starts and ends."""
        return int(self.ends[number - 1]) if number else 0, int(self.ends[number])

    def span(self, first: int, last: int) -> "Rows":
        """Return rows ``first`` up to ``last`` as rows of their own."""
        start = int(self.ends[first - 1]) if first else 0
        inside = slice(start, int(self.ends[last - 1]))
        origins = None if self.origins is None else self.origins[inside]
        return Rows(self.codes[inside], self.ends[first:last] - start, origins)

    def row(self, number: int) -> tuple[Codes, Origins | None]:
        """Return the code points of a row and where they came from."""
        start, end = self.bounds(number)
        return self.codes[start:end], None if self.origins is None else self.origins[start:end]

    def only(self, numbers: Sequence[int]) -> "Rows":
        """Return some of the rows."""
        codes, origins = zip(*(self.row(number) for number in numbers), strict=True)
        ends = np.cumsum([len(row) for row in codes])
        return Rows(
            np.concatenate(codes), ends, None if self.origins is None else np.concatenate(origins)
        )

    def changed(self, changes: "Sequence[Change]") -> "Rows":
        """Return the rows with something put in place of stretches, which ascend."""
        codes: list[Codes] = []
        origins: list[Origins] = []
        grown = np.zeros(len(self), np.int64)
        position = 0
        for change in changes:
            codes += self.codes[position : change.start], change.codes
            if self.origins is not None and change.origins is not None:
                origins += self.origins[position : change.start], change.origins
            grown[change.row] += len(change.codes) - (change.end - change.start)
            position = change.end
        codes.append(self.codes[position:])
        if self.origins is not None:
            origins.append(self.origins[position:])
        return Rows(
            np.concatenate(codes),
            self.ends + grown.cumsum(),
            np.concatenate(origins) if origins else None,
        )

    def without(self, places: Ends) -> "Rows":
        """Return the rows without the code points at ``places``, which ascend."""
        if not len(places):
            return self
        wanted = np.empty(len(self.codes), bool)
        wanted.fill(True)  # noqa: FBT003 - a third of the time of np.ones
        wanted[places] = False
        ends = self.ends - places.searchsorted(self.ends)
        origins = None if self.origins is None else self.origins[wanted]
        return Rows(self.codes[wanted], ends, origins)

    def beginnings(self, length: int) -> "Rows":
        """Return the rows cut to ``length`` code points, the last one a space."""
        starts = self.starts
        sizes = np.minimum(self.ends - starts, length)
        if len(self) == 1:
            codes = self.codes[: sizes[0]].copy()
        else:
            whole = self.codes.data  # its slices are joined sooner than arrays
            rows = [whole[a : a + n] for a, n in zip(starts.tolist(), sizes.tolist(), strict=True)]
            codes = np.frombuffer(bytearray().join(rows), np.uint32)
        ends = sizes.cumsum()
        codes[ends - 1] = SPACE
        return Rows(codes, ends)

    def texts(self) -> list[str]:
        whole = self.codes.tobytes().decode("utf-32-le")
        bounds = pairwise([0, *self.ends.tolist()])
        return [whole[start:end].strip(" ") for start, end in bounds]
