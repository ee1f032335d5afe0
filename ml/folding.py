"""One Latin skeleton for Russian, Uzbek and Kazakh in either script, and stretched words shortened.

Folding what is folded changes nothing: no step makes what an earlier one would act on.
"""

import numpy as np
import numpy.typing as npt

from ml.letters import (
    KIND,
    SKELETON,
    SKELETON_SECOND,
    Codes,
    Kind,
)
from ml.rows import Ends, Rows


def folded(rows: Rows) -> Rows:
    rows = _skeleton(rows)
    # Twice unstretched: a pair of letters read as one may complete a run.
    for shorten in (_unsigned, _unstretched, _merged, _unstretched):
        codes, dropped = shorten(rows.codes)
        if len(dropped):
            rows = Rows(codes, rows.ends, rows.origins).without(dropped)
    return rows


def _skeleton(rows: Rows) -> Rows:
    """Return the rows with every Cyrillic letter as the one or two Latin ones that it equals."""
    letters = SKELETON.take(rows.codes)
    long = (SKELETON_SECOND.take(rows.codes) != 0).nonzero()[0]
    if not len(long):
        return Rows(letters, rows.ends, rows.origins)
    # Where the second letters go, once each has moved those behind it by one.
    seconds = long + np.arange(1, len(long) + 1)
    first = np.ones(len(letters) + len(long), bool)
    first[seconds] = False
    both = np.empty(len(first), np.uint32)
    both[first] = letters
    both[seconds] = SKELETON_SECOND[rows.codes[long]]
    ends = rows.ends + long.searchsorted(rows.ends)
    if rows.origins is None:
        return Rows(both, ends)
    return Rows(both, ends, np.insert(rows.origins, long + 1, rows.origins[long], axis=0))


def _unstretched(codes: Codes) -> tuple[Codes, Ends]:
    """Return which letters only stretch a word: all but the first of three or more.

    A run that is a word of its own stays, so that no word shrinks to a lone letter.
    """
    same = codes[1:] == codes[:-1]
    runs = (same[1:] & same[:-1]).nonzero()[0]
    runs = runs[_IS_LETTER[codes[runs]]]
    if not len(runs):
        return codes, runs
    first = runs[np.diff(runs, prepend=-2) > 1]
    last = runs[np.diff(runs, append=len(codes) + 1) > 1] + 2
    inside = _IS_LETTER[codes[first - 1]] | _IS_LETTER[codes[last + 1]]
    spans = zip(first[inside].tolist(), last[inside].tolist(), strict=True)
    dropped = [np.arange(a + 1, b + 1) for a, b in spans]
    return codes, np.concatenate([runs[:0], *dropped])


_IS_LETTER = (KIND >= Kind.LATIN) & (KIND <= Kind.LETTER)
_APOSTROPHE = ord("'")
# a-z are 1 to 26, all else is 0: two of them index a table of pairs.
_SMALL = np.zeros(len(KIND), np.uint16)
_SMALL[ord("a") : ord("z") + 1] = np.arange(1, 27)


def _pair(first: str, second: str) -> int:
    return int(_SMALL[ord(first)]) * 32 + int(_SMALL[ord(second)])


_KH, _ZH, _YO, _YE = (_pair(*pair) for pair in ("kh", "zh", "yo", "ye"))
_READ_AS = {_KH: "h", _ZH: "j", _YO: "e", _YE: "e"}
_IS_PAIR = np.zeros(1024, bool)
_IS_PAIR[list(_READ_AS)] = True
_PAIR_READ_AS = np.zeros(1024, np.uint32)
for _index, _letter in _READ_AS.items():
    _PAIR_READ_AS[_index] = ord(_letter)


def _merged(codes: Codes) -> tuple[Codes, Ends]:
    """Return the letters with transliterated pairs read as one, and which second halves to drop.

    kh and x are х, zh is ж, yo is ё and so е, ye at the start of a word is е.
    """
    small = _SMALL.take(codes)
    at = (_IS_PAIR.take((small[:-1] << 5) | small[1:])).nonzero()[0]
    if not len(at):
        return codes, at
    before, after = codes[at - 1], codes[np.minimum(at + 2, len(codes) - 1)]
    letter_before, letter_after = _IS_LETTER[before], _IS_LETTER[after]
    # Never two at once (zkh), never to a lone letter (see _unstretched).
    reads = (letter_before | letter_after) & ~_among(before, "kzy")
    pair = (small[at] << 5) | small[at + 1]
    reads &= (pair != _YE) | ~letter_before
    codes = codes.copy()
    codes[at[reads]] = _PAIR_READ_AS[pair[reads]]
    return codes, at[reads] + 1


def _unsigned(codes: Codes) -> tuple[Codes, Ends]:
    """Return which apostrophes to drop: the Uzbek oʻ and gʻ lose theirs, as in hurried writing.

    So do all between letters, but for English endings (don't, you're).
    """
    at = (codes == _APOSTROPHE).nonzero()[0]
    if not len(at):
        return codes, at
    between = _IS_LETTER[codes[at - 1]] & _IS_LETTER[codes[np.minimum(at + 1, len(codes) - 1)]]
    at = at[between]
    return codes, at[~_is_clitic(codes, at)]


def _among(codes: Codes, letters: str) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = codes == ord(letters[0])
    for letter in letters[1:]:
        found |= codes == ord(letter)
    return found


def _is_clitic(codes: Codes, at: Ends) -> npt.NDArray[np.bool_]:
    """Return whether what follows the apostrophe at ``at`` ends an English word."""
    last = len(codes) - 1
    one, two, three = (codes[np.minimum(at + k, last)] for k in (1, 2, 3))
    short = _among(one, "stdm") & _ends_word(two)
    long = np.zeros(len(at), bool)
    for ending in ("ll", "re", "ve"):
        long |= (one == ord(ending[0])) & (two == ord(ending[1]))
    return (short | (long & _ends_word(three))) & ~_among(codes[at - 1], "og")


def _ends_word(following: Codes) -> npt.NDArray[np.bool_]:
    return np.asarray(~(_IS_LETTER[following] | (following == _APOSTROPHE)))
