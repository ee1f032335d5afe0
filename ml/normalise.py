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

from ml import disguises, folding
from ml.letters import (
    KIND,
    LETTERS,
    MEANING,
    NOTHING,
    SPACE,
    Kind,
)
from ml.rows import Ends, Rows


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text; character i stands for ``written[starts[i]:ends[i]]``."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


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
    return Batch(clean, folding.folded(clean))


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
    meant = MEANING.take(codes)
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
        (Kind.MARKUP, Kind.HASH),
        (Kind.MARKUP, Kind.LEET),
        (Kind.MARKUP, Kind.LEET_INSIDE),
    ):
        table[first * 16 + second] = True
    return table


_SUSPECT = _suspect_pairs()


def _suspects(rows: Rows) -> Ends:
    """Return the numbers of the rows in which anything looks like a disguise or mark-up."""
    kinds = KIND.take(rows.codes)
    places = np.flatnonzero(_SUSPECT.take((kinds[:-1] << 4) | kinds[1:]))
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
