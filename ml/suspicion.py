"""Which rules for disguises a text calls for, and where, seen from neighbouring characters.

Nine texts in ten call for none, and so never leave the array of the whole batch.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from ml.disguises import Rule
from ml.letters import KIND, LETTERS, SPACE, Kind
from ml.rows import Rows

# Lone letters so near to one another may be s p a c e d: up to two signs between any two.
_LONE_MIN = 3
_LONE_REACH = 6
_SPACED = int(Rule.SPACED)
_WIDE = int(Rule.MARKUP | Rule.NAMED | Rule.SPACED)
Span = tuple[int, int]
Suspects = Mapping[int, Mapping[Span, int]]


def suspects(rows: Rows) -> Suspects:
    """Return which stretches of which rows call for which rules; they ascend, framed by spaces.

    A disguise mostly lies within a word, so the word is all that the rule has to read; where one
    may span several, the stretch is the whole row.
    """
    codes = rows.codes
    kinds = KIND.take(codes)
    asked = _CALLS_FOR.take((kinds[:-1] << 4) | kinds[1:])
    places = (asked != 0).nonzero()[0]
    # No text begins or ends with a letter: a space frames it.
    letter = (kinds - np.uint8(Kind.LATIN)) < np.uint8(len(LETTERS))
    lone = (letter[1:-1] & ~(letter[:-2] | letter[2:])).nonzero()[0] + 1
    first, third = lone[: 1 - _LONE_MIN], lone[_LONE_MIN - 1 :]
    near = (third - first <= _LONE_REACH).nonzero()[0]
    found: dict[int, dict[Span, int]] = {}
    if len(places):
        blanks = (codes == SPACE).nonzero()[0]
        after = blanks.searchsorted(places)
        words = zip(blanks[after - 1].tolist(), (blanks[after] + 1).tolist(), strict=True)
        numbers = rows.ends.searchsorted(places, "right").tolist()
        for number, word, rules in zip(numbers, words, asked[places].tolist(), strict=True):
            spans = found.setdefault(number, {})
            spans[word] = spans.get(word, 0) | rules
    if len(near):
        number = rows.ends.searchsorted(first[near], "right")
        for i in number[rows.ends.searchsorted(third[near], "right") == number].tolist():
            spans = found.setdefault(i, {})
            spans[rows.bounds(i)] = spans.get(rows.bounds(i), 0) | _SPACED
    for number, spans in found.items():
        rules = reduce(or_, spans.values())
        if rules & _WIDE:
            found[number] = {rows.bounds(number): rules}
    return found


def _calls_for() -> npt.NDArray[np.uint8]:
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
        (Kind.LEET, Kind.OTHER): Rule.MENTION,  # @_somebody
    }
    for letter in LETTERS:
        by_pair |= {
            (Kind.DIGIT, letter): Rule.LEET,
            (Kind.LEET, letter): Rule.LEET | Rule.MENTION,
            (letter, Kind.LEET): Rule.LEET | Rule.MENTION,
            (Kind.LEET_INSIDE, letter): Rule.LEET | Rule.MENTION,
            (Kind.BAR, letter): Rule.LEET | Rule.NAMED,
            (Kind.DOT, letter): Rule.ADDRESS,
            (Kind.MARKUP, letter): Rule.MARKUP,
        }
    for (first, second), rule in by_pair.items():
        table[first * 16 + second] |= rule
    return table


_CALLS_FOR = _calls_for()
