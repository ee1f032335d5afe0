"""Which examples teach, which calibrate, and on which the result is judged. Pure.

The newest are for judging: a model will meet what comes after it. What shares a thread or a text
with one of them is left out of teaching, or the answer would be known.
"""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from service.learning.states import Part

CALIBRATE_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Placeable:
    """What decides on which side an example is: when it was said, its thread, and its text."""

    example_id: UUID
    said_at: datetime
    thread: Hashable
    text: Hashable


@dataclass(frozen=True, slots=True)
class Sides:
    """How many of the newest examples judge.

    ``share`` of all, but at least ``least`` where that leaves two thirds to learn from, and at most
    ``most``.
    """

    share: float = 0.3
    least: int = 300
    most: int = 4000

    def count(self, total: int) -> int:
        wanted = max(ceil(self.share * total), min(self.least, total // 3))
        return min(wanted, self.most)


def place(examples: Sequence[Placeable], sides: Sides, *, seed: int) -> list[Part]:
    """Return the part of each example, in their order; whatever their order, the same."""
    families = _families(examples)
    newest = sorted(
        range(len(examples)),
        key=lambda row: (examples[row].said_at, examples[row].example_id),
        reverse=True,
    )[: sides.count(len(examples))]
    judging = set(newest)
    judged = {families[row] for row in newest}
    return [
        _part(row in judging, families[row] in judged, families[row], seed)
        for row in range(len(examples))
    ]


def families_of(examples: Sequence[Placeable]) -> list[str]:
    """Return a name for all examples that a thread or a text connects, for each example."""
    return _families(examples)


def _part(judges: bool, leaks: bool, family: str, seed: int) -> Part:  # noqa: FBT001 - two facts
    if judges:
        return Part.TEST
    if leaks:
        return Part.APART
    drawn = hashlib.sha256(f"{seed} {family}".encode()).digest()[:4]
    share = int.from_bytes(drawn) / 2**32
    return Part.CALIBRATE if share < CALIBRATE_SHARE else Part.TRAIN


def _families(examples: Sequence[Placeable]) -> list[str]:
    """Unite what shares a thread or a text; a family is named after its smallest example."""
    parent = list(range(len(examples)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    order = sorted(range(len(examples)), key=lambda row: examples[row].example_id)
    first: dict[tuple[str, Hashable], int] = {}
    for row in order:
        for key in (("thread", examples[row].thread), ("text", examples[row].text)):
            other = first.setdefault(key, row)
            one, two = root(other), root(row)
            if one != two:
                low, high = sorted((one, two), key=lambda at: examples[at].example_id)
                parent[high] = low
    return [str(examples[root(row)].example_id) for row in range(len(examples))]
