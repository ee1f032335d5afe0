"""What the features read instead of the text as written: disguises undone, scripts folded.

A batch of texts is one array of code points, and each step is a few operations on all of it. Only
a text in which something looks like a disguise or like mark-up takes the way through
``ml.disguises``, alone. Steps, in order:

* *clean*: lower case, look-alikes, invisible characters, runs of white space;
* *disguises*, where suspected: mark-up, addresses, leetspeak, mixed scripts, spaced letters;
* *fold*: one Latin skeleton for Russian, Uzbek and Kazakh in either script, stretched letters.

Languages are told apart by the clean text, labels by the folded one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml import disguises
from ml.letters import (
    KIND,
    LETTERS,
    MEANING,
    NOTHING,
    SKELETON,
    SKELETON_SECOND,
    SKELETON_WIDTH,
    SPACE,
    Codes,
    Kind,
)

Ends = npt.NDArray[np.int64]
# For each code point, where in the text as written it came from: shape (n, 2), start and end.
Origins = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text; character i stands for ``written[starts[i]:ends[i]]``."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts in one array: row i is ``codes[ends[i - 1]:ends[i]]``, framed by spaces."""

    codes: Codes
    ends: Ends
    origins: Origins | None = None

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def starts(self) -> Ends:
        return np.concatenate(([0], self.ends[:-1]))

    def span(self, first: int, last: int) -> "Rows":
        """Return rows ``first`` up to ``last`` as rows of their own."""
        start = int(self.ends[first - 1]) if first else 0
        inside = slice(start, int(self.ends[last - 1]))
        origins = None if self.origins is None else self.origins[inside]
        return Rows(self.codes[inside], self.ends[first:last] - start, origins)

    def keep(self, wanted: npt.NDArray[np.bool_]) -> "Rows":
        """Return the rows with only the wanted code points left."""
        ends = np.cumsum(wanted)[self.ends - 1]
        origins = None if self.origins is None else self.origins[wanted]
        return Rows(self.codes[wanted], ends, origins)

    def beginnings(self, length: int) -> "Rows":
        """Return the rows cut to ``length`` code points, the last one a space."""
        starts = self.starts
        sizes = np.minimum(self.ends - starts, length)
        if len(self) == 1:
            codes = self.codes[: sizes[0]].copy()
        else:
            codes = np.concatenate(
                [
                    self.codes[a : a + n]
                    for a, n in zip(starts.tolist(), sizes.tolist(), strict=True)
                ]
            )
        ends = np.cumsum(sizes)
        codes[ends - 1] = SPACE
        return Rows(codes, ends)

    def texts(self) -> list[str]:
        whole = self.codes.tobytes().decode("utf-32-le")
        bounds = [0, *self.ends.tolist()]
        return [whole[a:b].strip(" ") for a, b in zip(bounds, bounds[1:], strict=False)]


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts as the languages are told by (``clean``) and as the labels are (``folded``)."""

    clean: Rows
    folded: Rows

    def __len__(self) -> int:
        return len(self.clean)


def normalise(text: str) -> str:
    """Return what the features read. Normalising twice changes nothing more."""
    return normalise_many([text]).folded.texts()[0]


def normalise_with_offsets(text: str) -> Normalised:
    """Return what the features read, and where in ``text`` each of its characters came from."""
    folded = normalise_many([text], with_origins=True).folded
    assert folded.origins is not None  # noqa: S101 - asked for above
    codes, origins = folded.codes, folded.origins
    inside = slice(1 if codes[0] == SPACE else 0, len(codes) - int(codes[-1] == SPACE))
    if inside.start >= inside.stop:
        return Normalised("", (), ())
    starts, ends = origins[inside].T.tolist()
    return Normalised(codes[inside].tobytes().decode("utf-32-le"), tuple(starts), tuple(ends))


def normalise_many(texts: Sequence[str], *, with_origins: bool = False) -> Batch:
    """Return all texts normalised; lone surrogates and NUL are as welcome as anything else."""
    if not texts:
        nothing = Rows(np.zeros(0, np.uint32), np.zeros(0, np.int64))
        return Batch(nothing, nothing)
    clean = _clean(_rows(texts, with_origins=with_origins))
    suspects = _suspects(clean)
    if len(suspects):
        clean = _replaced(clean, {i: _undisguised(clean.span(i, i + 1)) for i in suspects.tolist()})
    return Batch(clean, _folded(clean))


def _undisguised(row: Rows) -> Rows:
    codes, origins = disguises.undo(row.codes, row.origins)
    return Rows(codes, np.array([len(codes)]), origins)


def _rows(texts: Sequence[str], *, with_origins: bool) -> Rows:
    joined = " " + "  ".join(texts) + " "
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 2
    if not with_origins:
        return Rows(codes, np.cumsum(lengths))
    starts = np.concatenate([np.arange(-1, n - 1) for n in lengths.tolist()])
    sizes = np.repeat(lengths - 2, lengths)
    origins = np.stack([np.clip(starts, 0, sizes), np.clip(starts + 1, 0, sizes)], axis=1)
    return Rows(codes, np.cumsum(lengths), origins)


def _clean(rows: Rows) -> Rows:
    codes = rows.codes
    meant = MEANING[codes]
    if not meant.all():
        # A breve over и is the letter й, though every other combining mark is dropped.
        breve = np.flatnonzero(codes == 0x306)  # noqa: PLR2004
        meant[breve[meant[breve - 1] == ord("и")] - 1] = ord("й")
        rows = Rows(meant, rows.ends, rows.origins).keep(meant != NOTHING)
        meant = rows.codes
    blank = meant == SPACE
    again = blank[1:] & blank[:-1]
    if np.count_nonzero(again) < len(rows):
        return Rows(meant, rows.ends, rows.origins)
    wanted = np.ones(len(meant), bool)
    np.logical_not(again, out=wanted[1:])
    wanted[rows.starts] = True
    return Rows(meant, rows.ends, rows.origins).keep(wanted)


def _suspect_pairs() -> npt.NDArray[np.bool_]:
    """Return which two kinds, side by side, call for a closer look; index first * 16 + second."""
    table = np.zeros(256, bool)
    for letter in LETTERS:
        for kind in (Kind.DIGIT, Kind.LEET, Kind.LEET_INSIDE, Kind.DOT, Kind.MARKUP):
            table[kind * 16 + letter] = True
        table[letter * 16 + Kind.LEET] = True
    for first, second in (
        (Kind.LATIN, Kind.CYRILLIC),
        (Kind.CYRILLIC, Kind.LATIN),
        (Kind.COLON, Kind.SLASH),
        (Kind.MARKUP, Kind.SLASH),
        (Kind.MARKUP, Kind.LEET),
        (Kind.MARKUP, Kind.LEET_INSIDE),
    ):
        table[first * 16 + second] = True
    return table


_SUSPECT = _suspect_pairs()


def _suspects(rows: Rows) -> Ends:
    """Return the numbers of the rows in which anything looks like a disguise or mark-up."""
    kinds = KIND[rows.codes]
    places = np.flatnonzero(_SUSPECT[(kinds[:-1] << 4) | kinds[1:]])
    lone = np.flatnonzero(_lone(kinds))
    if len(lone) > 2:  # noqa: PLR2004 - s p a c e d begins at three letters
        near = (lone[2:] - lone[:-2]) <= 6  # noqa: PLR2004 - up to two signs between any two
        places = np.concatenate([places, lone[:-2][near]])
    if not len(places):
        return places
    return np.unique(np.searchsorted(rows.ends, places, "right"))


def _lone(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    letter = (kinds - np.uint8(1)) < np.uint8(3)
    lone = letter.copy()
    lone[1:] &= ~letter[:-1]
    lone[:-1] &= ~letter[1:]
    return lone


def _replaced(rows: Rows, new: dict[int, Rows]) -> Rows:
    """Return the rows with those in ``new`` put in place of the old."""
    pieces = []
    origins = []
    lengths = np.diff(rows.ends, prepend=0)
    position = 0
    for i in sorted(new):
        start, end = int(rows.ends[i] - lengths[i]), int(rows.ends[i])
        pieces += [rows.codes[position:start], new[i].codes]
        if rows.origins is not None:
            origins += [rows.origins[position:start], new[i].origins]
        lengths[i] = len(new[i].codes)
        position = end
    pieces.append(rows.codes[position:])
    whole = np.concatenate(pieces)
    if rows.origins is None:
        return Rows(whole, np.cumsum(lengths))
    origins.append(rows.origins[position:])
    return Rows(whole, np.cumsum(lengths), np.concatenate([o for o in origins if o is not None]))


def _folded(rows: Rows) -> Rows:
    rows = _skeleton(rows)
    # Twice unstretched: a pair of letters read as one may complete a run.
    for shorten in (_unsigned, _unstretched, _merged, _unstretched):
        codes, dropped = shorten(rows.codes)
        if len(dropped):
            wanted = np.ones(len(codes), bool)
            wanted[dropped] = False
            rows = Rows(codes, rows.ends, rows.origins).keep(wanted)
    return rows


def _skeleton(rows: Rows) -> Rows:
    """Return the rows with every Cyrillic letter as the one or two Latin ones that it equals."""
    letters = SKELETON[rows.codes]
    width = SKELETON_WIDTH[rows.codes]
    long = np.flatnonzero(width > 1)
    if not len(long):
        return Rows(letters, rows.ends, rows.origins)
    last = np.cumsum(width, dtype=np.int64)
    letters = np.repeat(letters, width)
    letters[last[long] - 1] = SKELETON_SECOND[rows.codes[long]]
    origins = None if rows.origins is None else np.repeat(rows.origins, width, axis=0)
    return Rows(letters, last[rows.ends - 1], origins)


def _unstretched(codes: Codes) -> tuple[Codes, Ends]:
    """Return which letters only stretch a word: all but the first of three or more.

    A run that is a word of its own stays, so that no word shrinks to a lone letter.
    """
    same = codes[1:] == codes[:-1]
    runs = np.flatnonzero(same[1:] & same[:-1])
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
    small = _SMALL[codes]
    at = np.flatnonzero(_IS_PAIR[(small[:-1] << 5) | small[1:]])
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
    at = np.flatnonzero(codes == _APOSTROPHE)
    if not len(at):
        return codes, at
    between = _IS_LETTER[codes[at - 1]] & _IS_LETTER[codes[np.minimum(at + 1, len(codes) - 1)]]
    at = at[between]
    return codes, at[~_is_clitic(codes, at)]


def _among(codes: Codes, letters: str) -> npt.NDArray[np.bool_]:
    found = codes == ord(letters[0])
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
    return ~(_IS_LETTER[following] | (following == _APOSTROPHE))
