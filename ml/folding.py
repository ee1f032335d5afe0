"""One Latin skeleton for Russian, Uzbek and Kazakh in either script, and stretched words shortened.

Folding what is folded changes nothing: no step makes what an earlier one would act on.
"""

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


def _skeleton(rows: Rows) -> Rows:
    """Return the rows with every Cyrillic letter as the one or two Latin ones that it equals."""
    latin = SKELETON.take(rows.codes)
    long = (latin > _ONE_LETTER).nonzero()[0]
    if not len(long):
        return Rows(latin, rows.ends, rows.origins)
    # Where the second letters go, once each has moved those behind it by one.
    seconds = long + np.arange(1, len(long) + 1)
    first = np.ones(len(latin) + len(long), bool)
    first[seconds] = False
    both = np.empty(len(first), np.uint32)
    both[first] = latin & _ONE_LETTER
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
    dropped: Ends = np.append(runs + 1, lasts)[np.append(inside[apart[:-1].cumsum() - 1], inside)]
    dropped.sort()
    return dropped


# What a code point may be to its neighbours, one bit each.
_GOES_ON, _SHORT, _L, _R_OR_V, _E, _O_OR_G, _LETTER, _K_Z_Y = (np.uint8(1 << i) for i in range(8))
_ROLE_OF = (
    ("stdm", _SHORT), ("l", _L), ("rv", _R_OR_V), ("e", _E), ("og", _O_OR_G), ("kzy", _K_Z_Y),
)  # fmt: skip


def _roles() -> npt.NDArray[np.uint8]:
    table = np.zeros(len(KIND), np.uint8)
    table[_IS_LETTER] = _LETTER | _GOES_ON
    table[_APOSTROPHE] = _GOES_ON
    for letters, role in _ROLE_OF:
        table[[ord(letter) for letter in letters]] |= role
    return table


_APOSTROPHE = np.uint32(ord("'"))
_ROLES = _roles()
# a-z are 1 to 26, all else is 0: two of them index a table of pairs.
_SMALL = np.zeros(len(KIND), np.uint16)
_SMALL[ord("a") : ord("z") + 1] = np.arange(1, 27)


def _pair(first: str, second: str) -> int:
    return int(_SMALL[ord(first)]) * 32 + int(_SMALL[ord(second)])


_YE = _pair("y", "e")
_K, _Z, _Y = (np.uint32(ord(letter)) for letter in "kzy")
_READ_AS = np.zeros(1024, np.uint32)
for _letters, _letter in (("kh", "h"), ("zh", "j"), ("yo", "e"), ("ye", "e")):
    _READ_AS[_pair(*_letters)] = ord(_letter)


def _merged(codes: Codes) -> tuple[Codes, Ends]:
    """Return the letters with transliterated pairs read as one, and which second halves to drop.

    kh and x are х, zh is ж, yo is ё and so е, ye at the start of a word is е.
    """
    # No text ends in a letter, so there is always a next one.
    at: Ends = ((codes == _K) | (codes == _Z) | (codes == _Y)).nonzero()[0]
    pairs = (_SMALL.take(codes.take(at)) << 5) | _SMALL.take(codes.take(at + 1))
    found = (_READ_AS.take(pairs) != 0).nonzero()[0]
    if not len(found):
        return codes, found
    at, pairs = at.take(found), pairs.take(found)
    before = _ROLES.take(codes.take(at - 1))
    after = _ROLES.take(codes.take(at + 2, mode="clip"))
    # Never two at once (zkh), never to a lone letter (see _stretches).
    reads = ((before | after) & _LETTER != 0) & (before & _K_Z_Y == 0)
    reads &= (pairs != _YE) | (before & _LETTER == 0)
    at = at[reads]
    codes = codes.copy()
    codes[at] = _READ_AS.take(pairs[reads])
    return codes, at + 1


def _signs(codes: Codes) -> Ends:
    """Return which apostrophes to drop: the Uzbek oʻ and gʻ lose theirs, as in hurried writing.

    So do all between letters, but for English endings: don't, you're, he'll.
    """
    at: Ends = (codes == _APOSTROPHE).nonzero()[0]
    if not len(at):
        return at
    around = at + np.array([[-1], [1], [2], [3]])
    before, one, two, three = _ROLES.take(codes.take(around, mode="clip"))
    short = (one & _SHORT != 0) & (two & _GOES_ON == 0)
    long = (one & two & _L != 0) | ((one & _R_OR_V != 0) & (two & _E != 0))
    english = (short | (long & (three & _GOES_ON == 0))) & (before & _O_OR_G == 0)
    dropped: Ends = at[(before & one & _LETTER != 0) & ~english]
    return dropped
