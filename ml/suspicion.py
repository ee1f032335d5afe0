"""Which rules for disguises a text calls for, seen from pairs of neighbouring characters.

Nine texts in ten call for none, and so never leave the array of the whole batch.
"""

import numpy as np
import numpy.typing as npt

from ml.disguises import Rule
from ml.letters import KIND, LETTERS, Kind
from ml.rows import Rows

# Lone letters so near to one another may be s p a c e d: up to two signs between any two.
_LONE_MIN = 3
_LONE_REACH = 6


def suspects(rows: Rows) -> dict[int, int]:
    """Return the rules that each row calls for, for those that call for any."""
    kinds = KIND.take(rows.codes)
    asked = _CALLS_FOR.take((kinds[:-1] << 4) | kinds[1:])
    places = (asked != 0).nonzero()[0]
    rules = asked[places]
    # No text begins or ends with a letter: a space frames it.
    letter = (kinds - np.uint8(Kind.LATIN)) < np.uint8(len(LETTERS))
    lone = (letter[1:-1] & ~(letter[:-2] | letter[2:])).nonzero()[0] + 1
    if len(lone) >= _LONE_MIN:
        near = lone[_LONE_MIN - 1 :] - lone[: 1 - _LONE_MIN] <= _LONE_REACH
        spaced = lone[: 1 - _LONE_MIN][near]
        places = np.concatenate([places, spaced])
        rules = np.concatenate([rules, np.full(len(spaced), Rule.SPACED, np.uint8)])
    found: dict[int, int] = {}
    if len(places):
        numbers = rows.ends.searchsorted(places, "right").tolist()
        for number, rule in zip(numbers, rules.tolist(), strict=True):
            found[number] = found.get(number, 0) | rule
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
    }
    for letter in LETTERS:
        by_pair |= {
            (Kind.DIGIT, letter): Rule.LEET,
            (Kind.LEET, letter): Rule.LEET | Rule.MENTION,
            (letter, Kind.LEET): Rule.LEET | Rule.MENTION,
            (Kind.LEET_INSIDE, letter): Rule.LEET | Rule.MENTION,
            (Kind.DOT, letter): Rule.ADDRESS,
            (Kind.MARKUP, letter): Rule.MARKUP,
        }
    for (first, second), rule in by_pair.items():
        table[first * 16 + second] |= rule
    return table


_CALLS_FOR = _calls_for()
