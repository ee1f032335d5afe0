"""One Latin skeleton for Russian, Uzbek and Kazakh in either script, and stretched words shortened.

Folding what is folded changes nothing: no step makes what an earlier one would act on.
"""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from ml.letters import KIND, LETTER_BITS, SKELETON, Codes, Kind
from ml.rows import Ends, Rows


def folded(rows: Rows) -> Rows:
    rows = _skeleton(rows)
    rows = rows.without(_signs(rows.codes))
    rows = rows.without(_stretches(rows.codes))
    codes, halves = _merged(rows.codes)
    if not len(halves):
        return rows
    rows = Rows(codes, rows.ends, rows.origins).without(halves)
    # A pair of letters read as one may have completed a run.
    return rows.without(_stretches(rows.codes))


def unstretched(rows: Rows) -> Rows:
    """Return the rows in the script that they are in, without what only stretches their words."""
    return rows.without(_stretches(rows.codes))


def _skeleton(rows: Rows) -> Rows:
    """Return the rows with every Cyrillic letter as the one or two Latin ones that it equals."""
    latin = SKELETON.take(rows.codes)
    long = (latin > _ONE_LETTER).nonzero()[0]
    if not len(long):
        return Rows(latin, rows.ends, rows.origins)
    # Where the second letters go, once each has moved those behind it by one.
    seconds = long + np.arange(1, len(long) + 1)
    second = np.zeros(len(latin) + len(long), bool)
    second[seconds] = True
    both = np.empty(len(second), np.uint32)
    both[~second] = latin & _ONE_LETTER
    both[seconds] = latin[long] >> np.uint32(LETTER_BITS)
    ends = rows.ends + long.searchsorted(rows.ends)
    if rows.origins is None:
        return Rows(both, ends)
    return Rows(both, ends, np.insert(rows.origins, long + 1, rows.origins[long], axis=0))


_ONE_LETTER = np.uint32((1 << LETTER_BITS) - 1)
_IS_LETTER = (KIND >= Kind.LATIN) & (KIND <= Kind.LETTER)


def _stretches(codes: Codes) -> Ends:
    """Return which letters only stretch a word: all but the first of three or more.

    A run that is a word of its own stays, so that no word shrinks to a lone letter.
    """
    same = codes[1:] == codes[:-1]
    runs: Ends = (same[1:] & same[:-1]).nonzero()[0]
    runs = runs[_IS_LETTER.take(codes.take(runs))]
    if not len(runs):
        return runs
    apart = np.ones(len(runs) + 1, bool)
    apart[1:-1] = runs[1:] - runs[:-1] > 1
    firsts, lasts = runs[apart[:-1]], runs[apart[1:]] + 2
    inside = _IS_LETTER[codes[firsts - 1]] | _IS_LETTER[codes[lasts + 1]]
    stretched = np.concatenate([inside[apart[:-1].cumsum() - 1], inside])
    dropped: Ends = np.concatenate([runs + 1, lasts])[stretched]
    dropped.sort()
    return dropped


class _Reading:
    """What to make of a place by four neighbours, looked up in a table of all that may come.

    Args:
        offsets: where the neighbours stand, seen from the place.
        classes: seven sets of letters that are read alike; the rule is told the first of each. All
            other letters are "a", and anything else is a space.
        rule: four neighbours → what to make of them; 0 for nothing.
    """

    def __init__(
        self,
        offsets: tuple[int, int, int, int],
        classes: Sequence[str],
        rule: Callable[[str, str, str, str], int],
    ) -> None:
        self._offsets = np.array(offsets)[:, None]
        self._class_of = np.zeros(len(KIND), np.uint16)
        self._class_of[_IS_LETTER] = 1 + classes.index("a")
        for number, alike in enumerate(classes, 1):
            self._class_of[[ord(letter) for letter in alike]] = number
        told = [" ", *(alike[0] for alike in classes)]
        found = [rule(*neighbours) for neighbours in product(told, repeat=len(offsets))]
        self._found = np.array(found, np.uint32)
        self._weights = len(told) ** np.arange(len(offsets), dtype=np.uint16)[::-1, None]

    def at(self, places: Ends, codes: Codes) -> Codes:
        """Return what the rule says of each place."""
        classes = self._class_of.take(codes.take(places + self._offsets, mode="clip"))
        indices: npt.NDArray[np.uint16] = np.add.reduce(classes * self._weights, dtype=np.uint16)
        return self._found.take(indices)


def _letter_of(before: str, first: str, second: str, after: str) -> int:
    """Read a transliterated pair as one letter.

    kh and x are х, zh is ж, yo is ё and so е, ye at the start of a word is е.
    """
    letter = {"kh": "h", "zh": "j", "yo": "e", "ye": "e"}.get(first + second)
    # Never two at once (zkh), never to a lone letter (see _stretches).
    alone = not before.isalpha() and not after.isalpha()
    if letter is None or before in {"k", "z", "y"} or alone:
        return 0
    return 0 if first + second == "ye" and before.isalpha() else ord(letter)


def _is_sign(before: str, one: str, two: str, three: str) -> int:
    """Say whether an apostrophe only marks a sound: the Uzbek oʻ and gʻ, as in hurried writing.

    So do all between letters, but for English endings: don't, you're, he'll.
    """
    short = one == "s" and two == " "
    long = one + two in {"ll", "re"} and three == " "
    return int(before.isalpha() and one.isalpha() and (before == "o" or not (short or long)))


_PAIR = _Reading((-1, 0, 1, 2), ("a", "k", "z", "y", "h", "o", "e"), _letter_of)
_SIGN = _Reading((-1, 1, 2, 3), ("a", "'", "stdm", "l", "rv", "e", "og"), _is_sign)
_K, _Z, _Y, _APOSTROPHE = (np.uint32(ord(letter)) for letter in "kzy'")


def _merged(codes: Codes) -> tuple[Codes, Ends]:
    """Return the letters with transliterated pairs read as one, and which second halves to drop."""
    at: Ends = ((codes == _K) | (codes == _Z) | (codes == _Y)).nonzero()[0]
    letters = _PAIR.at(at, codes)
    read = (letters != 0).nonzero()[0]
    if len(read):
        at = at.take(read)
        codes = codes.copy()
        codes[at] = letters.take(read)
    return codes, at[: len(read)] + 1


def _signs(codes: Codes) -> Ends:
    """Return which apostrophes to drop."""
    at: Ends = (codes == _APOSTROPHE).nonzero()[0]
    return at[_SIGN.at(at, codes) != 0] if len(at) else at
