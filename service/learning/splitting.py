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
    """What decides on which side an example is: when it was said, its thread, and its text.

    ``is_piece``: it is a piece of a comment. Nobody is judged or calibrated by it, and it ties
    nothing together: the same word stands in a hundred threads.
    """

    example_id: UUID
    said_at: datetime
    thread: Hashable
    text: Hashable
    is_piece: bool = False


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
    whole = [row for row, each in enumerate(examples) if not each.is_piece]
    newest = sorted(
        whole,
        key=lambda row: (examples[row].said_at, examples[row].example_id),
        reverse=True,
    )[: sides.count(len(whole))]
    judging = set(newest)
    judged = {families[row] for row in newest}
    texts = {examples[row].text for row in newest}
    return [
        _part_of_piece(families[row] in judged or each.text in texts, families[row], seed)
        if each.is_piece
        else _part(row in judging, families[row] in judged, families[row], seed)
        for row, each in enumerate(examples)
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


def _part_of_piece(leaks: bool, family: str, seed: int) -> Part:  # noqa: FBT001 - a fact
    """Return ``train`` where its comment teaches too, or says nothing as a whole."""
    part = _part(judges=False, leaks=leaks, family=family, seed=seed)
    return part if part is Part.TRAIN else Part.APART


def _families(examples: Sequence[Placeable]) -> list[str]:
    """Unite what shares a thread or a text.

    A family is named after its smallest whole example, so that pieces change nobody's part.
    """
    parent = list(range(len(examples)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def rank(row: int) -> tuple[bool, UUID]:
        return examples[row].is_piece, examples[row].example_id

    order = sorted(range(len(examples)), key=rank)
    first: dict[tuple[str, Hashable], int] = {}
    for row in order:
        ties = [("thread", examples[row].thread)]
        if not examples[row].is_piece:
            ties.append(("text", examples[row].text))
        for key in ties:
            other = first.setdefault(key, row)
            one, two = root(other), root(row)
            if one != two:
                low, high = sorted((one, two), key=rank)
                parent[high] = low
    return [str(examples[root(row)].example_id) for row in range(len(examples))]
