"""Offsets as JavaScript and Java count them: in UTF-16 code units, where an emoji counts two. Pure.

Source: Unicode 17.0, D91.
"""

from collections.abc import Iterator, Sequence
from typing import Final

_LAST_OF_ONE_UNIT: Final = 0xFFFF


def units(text: str) -> int:
    """Return how many code units ``text`` takes."""
    return len(text) + sum(ord(c) > _LAST_OF_ONE_UNIT for c in text)


def spans_in_units(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield each span of characters as a span of code units; they are in order, and apart."""
    at = counted = 0
    for start, end in spans:
        begin = counted + units(text[at:start])
        counted = begin + units(text[start:end])
        at = end
        yield begin, counted
