"""Which rules for disguises a text calls for, and where, seen from neighbouring characters.

Nine texts in ten call for none, and so never leave the array of the whole batch.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np

from ml.disguises import Rule
from ml.letters import KIND, LETTERS, Kind
from ml.rows import Ends, Rows

# Lone letters so near to one another may be s p a c e d: up to two signs between any two.
_LONE_MIN = 3
_LONE_REACH = 6
_SPACED = int(Rule.SPACED)
_BLANK = bytes([Kind.SPACE])
_WIDE = int(Rule.MARKUP | Rule.NAMED | Rule.SPACED)
_FIRST_LETTER, _LETTER_KINDS = np.uint8(min(LETTERS)), np.uint8(len(LETTERS))


class Suspect(NamedTuple):
    """A stretch of the code points of a row, framed by spaces, and the rules that it calls for."""

    row: int
    start: int
    end: int
    rules: int


def suspects(rows: Rows) -> list[Suspect]:
    """Return what may be disguised, in the order of the rows.

    A disguise mostly lies within a word, so the word is all that the rule has to read; where one
    may span several, the stretch is the whole row.
    """
    kinds = KIND.take(rows.codes)
    pairs = (kinds[:-1] << 4) | kinds[1:]
    asked = np.frombuffer(pairs.tobytes().translate(_CALLS_FOR), np.uint8)
    places = (asked != 0).nonzero()[0]
    # No text begins or ends with a letter: a space frames it.
    letter = (kinds - _FIRST_LETTER) < _LETTER_KINDS
    lone = (letter[1:-1] > (letter[:-2] | letter[2:])).nonzero()[0] + 1
    found: dict[int, dict[tuple[int, int], int]] = {}
    if len(places):
        signs = kinds.tobytes()
        numbers = rows.ends.searchsorted(places, "right").tolist()
        called = zip(numbers, places.tolist(), asked[places].tolist(), strict=True)
        for row, place, rules in called:
            word = signs.rfind(_BLANK, 0, place), signs.find(_BLANK, place) + 1
            words = found.setdefault(row, {})
            words[word] = words.get(word, 0) | rules
    for row in _spaced(rows, lone):
        words = found.setdefault(row, {})
        words[rows.bounds(row)] = words.get(rows.bounds(row), 0) | _SPACED
    return [
        Suspect(row, *stretch, rules)
        for row in sorted(found)
        for stretch, rules in _stretches(rows, row, found[row])
    ]


def _spaced(rows: Rows, lone: Ends) -> list[int]:
    """Return in which rows so many lone letters stand near to one another."""
    if len(lone) < _LONE_MIN:
        return []
    first, third = lone[: 1 - _LONE_MIN], lone[_LONE_MIN - 1 :]
    near = (third - first <= _LONE_REACH).nonzero()[0]
    ones, others = rows.ends.searchsorted([first[near], third[near]], "right")
    spaced: list[int] = ones[ones == others].tolist()
    return spaced


def _stretches(
    rows: Rows, row: int, words: Mapping[tuple[int, int], int]
) -> Iterable[tuple[tuple[int, int], int]]:
    rules = reduce(or_, words.values())
    return [(rows.bounds(row), rules)] if rules & _WIDE else words.items()


def _calls_for() -> bytes:
    """Return the rules that two kinds side by side call for; index first * 16 + second."""
    table = np.zeros(256, np.uint8)
    by_pair: dict[tuple[Kind, Kind], Rule] = {
        (Kind.LATIN, Kind.CYRILLIC): Rule.SCRIPTS,
        (Kind.CYRILLIC, Kind.LATIN): Rule.SCRIPTS,
        (Kind.COLON, Kind.SLASH): Rule.ADDRESS,
        (Kind.MARKUP, Kind.SLASH): Rule.MARKUP,
        (Kind.MARKUP, Kind.HASH): Rule.MARKUP | Rule.MENTION,
        (Kind.MARKUP, Kind.LEET): Rule.MENTION,
        (Kind.LEET, Kind.DIGIT): Rule.MENTION,
        (Kind.LEET, Kind.OTHER): Rule.MENTION,
        (Kind.LEET, Kind.MASK): Rule.MENTION | Rule.HIDDEN,  # @_somebody
        (Kind.LEET, Kind.LEET): Rule.HIDDEN,
        (Kind.DIGIT, Kind.APOSTROPHE): Rule.HIDDEN,
        (Kind.DIGIT, Kind.MASK): Rule.HIDDEN,
    }
    for letter in LETTERS:
        by_pair |= {
            (Kind.DIGIT, letter): Rule.LEET | Rule.HIDDEN,
            (Kind.LEET, letter): Rule.LEET | Rule.MENTION | Rule.HIDDEN,
            (letter, Kind.LEET): Rule.LEET | Rule.MENTION | Rule.HIDDEN,
            (Kind.LEET_INSIDE, letter): Rule.LEET | Rule.MENTION | Rule.HIDDEN,
            (Kind.BAR, letter): Rule.LEET | Rule.NAMED | Rule.HIDDEN,
            (Kind.DOT, letter): Rule.ADDRESS | Rule.HIDDEN,
            (letter, Kind.HASH): Rule.HIDDEN,
            (letter, Kind.MASK): Rule.HIDDEN,
            (Kind.MASK, letter): Rule.HIDDEN,
            (Kind.MARKUP, letter): Rule.MARKUP,
        }
    for (first, second), rule in by_pair.items():
        table[first * 16 + second] |= rule
    return table.tobytes()


_CALLS_FOR = _calls_for()
