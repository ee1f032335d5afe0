"""What the features read instead of the text as written: disguises undone, scripts folded.

A batch of texts is one array of code points, and each step is a few operations on all of it. Only
a text in which something looks like a disguise or like mark-up takes the way through
``ml.disguises``, alone. Steps, in order:

* *clean*: lower case, look-alikes, invisible characters, runs of white space;
* *disguises*, where suspected: mark-up, addresses, leetspeak, mixed scripts, spaced letters;
* *fold*: one Latin skeleton for Russian, Uzbek and Kazakh in either script, stretched letters.

Languages are told apart by the clean text, labels by the folded one.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml import disguises, folding, suspicion, unmask
from ml.disguises import Rule
from ml.letters import MEANING, NOTHING, SPACE, Codes
from ml.rows import Change, Ends, Origins, Rows
from ml.suspicion import Suspect

# One disguise within another is undone in turn; nobody nests them deeper.
_ROUNDS_MAX = 6


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
    cleaned = _clean(_rows(texts, with_origins=with_origins))
    suspects = suspicion.suspects(cleaned)
    clean = _undisguised(cleaned, suspects)
    hiding = _hiding_in_cyrillic(cleaned, suspects)
    folded = folding.folded(clean)
    return Batch(clean, _shown(folded, hiding) if hiding else folded)


def unfolded(texts: Sequence[str]) -> Rows:
    """Return the texts, one or more, in their own script, undisguised and unstretched."""
    cleaned = _clean(_rows(texts, with_origins=False))
    return folding.unstretched(_undisguised(cleaned, suspicion.suspects(cleaned)))


def _undisguised(rows: Rows, suspects: Sequence[Suspect], rounds: int = _ROUNDS_MAX) -> Rows:
    """Return the rows without the disguises that somebody sees in them.

    What one round has changed may call for another rule, until nothing calls for any.
    """
    changes = []
    for row, start, end, rules in suspects:
        before = rows.codes[start:end]
        origins = None if rows.origins is None else rows.origins[start:end]
        codes, origins = disguises.undo(before, origins, rules)
        if codes is not before:
            # The space behind a word may be the one before the next.
            origins = None if origins is None else origins[:-1]
            changes.append(Change(row, start, end - 1, codes[:-1], origins))
    if not changes or not rounds:
        return rows
    rows = rows.changed(changes)
    numbers = sorted({change.row for change in changes})
    again = rows.only(numbers)
    undone = _undisguised(again, suspicion.suspects(again), rounds - 1)
    if undone is again:
        return rows
    return rows.changed([Change(i, *rows.bounds(i), *undone.row(k)) for k, i in enumerate(numbers)])


def _hiding_in_cyrillic(rows: Rows, suspects: Sequence[Suspect]) -> list[int]:
    """Return which rows may hide letters of a word that is not in Latin ones alone."""
    return sorted(
        {
            suspect.row
            for suspect in suspects
            if suspect.rules & _HIDDEN
            and rows.codes[suspect.start : suspect.end].max() >= _CYRILLIC
        }
    )


_HIDDEN, _CYRILLIC = int(Rule.HIDDEN), 0x400


def _shown(folded: Rows, numbers: Sequence[int], rounds: int = _ROUNDS_MAX) -> Rows:
    """Return the folded rows with what is hidden in Latin letters alone: ш*т is no word, sh*t is.

    So that what is normalised reads as itself.
    """
    for _ in range(rounds):
        codes = folded.codes
        changed: list[int] = []
        for number in numbers:
            start, end = folded.bounds(number)
            before = folded.codes[start:end].tobytes().decode("utf-32-le", "surrogatepass")
            shown = unmask.read_all(before)
            if shown != before:
                codes = codes if changed else codes.copy()
                codes[start:end] = np.frombuffer(shown.encode("utf-32-le"), np.uint32)
                changed.append(number)
        if not changed:
            return folded
        # What is shown may be a pair of letters that is read as one.
        folded, numbers = folding.folded(Rows(codes, folded.ends, folded.origins)), changed
    return folded


def _rows(texts: Sequence[str], *, with_origins: bool) -> Rows:
    joined = " " + "  ".join(texts) + " "
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 2
    turns = _turned if chr(_OVERRIDE) in joined else Rows
    if not with_origins:
        return turns(codes, lengths.cumsum())
    starts = np.concatenate([np.arange(-1, n - 1) for n in lengths.tolist()])
    sizes = np.repeat(lengths - 2, lengths)
    origins = np.stack([np.clip(starts, 0, sizes), np.clip(starts + 1, 0, sizes)], axis=1)
    return turns(codes, lengths.cumsum(), origins)


def _turned(codes: Codes, ends: Ends, origins: Origins | None = None) -> Rows:
    """Return rows in which what an override shows from right to left stands as it is seen.

    U+202E turns all up to U+202C or the line's end (Unicode Annex 9, X5). Letters that are written
    from right to left anyway stay. Each letter that was turned stands for the whole stretch.
    """
    codes = codes.copy()
    stops = np.isin(codes, _OVERRIDE_ENDS).nonzero()[0]
    position = 0
    for at in (codes == _OVERRIDE).nonzero()[0].tolist():
        if at < position:  # within a stretch already, which is read once
            continue
        stop = stops.searchsorted(at)
        last = int(ends[ends.searchsorted(at, "right")]) - 1
        position = min(int(stops[stop]), last) if stop < len(stops) else last
        inside = slice(at + 1, position)
        shown = codes[inside].tobytes().decode("utf-32-le", "surrogatepass")
        if not shown or any(map(_goes_left, shown)):
            continue
        codes[inside] = codes[inside][::-1].copy()
        if origins is not None:
            origins[inside] = origins[at + 1, 0], origins[position - 1, 1]
    return Rows(codes, ends, origins)


def _goes_left(character: str) -> bool:
    return unicodedata.bidirectional(character) in {"R", "AL"}


_OVERRIDE = 0x202E
_OVERRIDE_ENDS = np.array([0x202C, 0x0A, 0x0D, 0x2029], np.uint32)


def _clean(rows: Rows) -> Rows:
    codes = rows.codes
    rows = Rows(MEANING.take(codes), rows.ends, rows.origins)
    nothing = (rows.codes == NOTHING).nonzero()[0]
    if len(nothing):
        # A breve over и is the letter й, though every other combining mark is dropped.
        breve = nothing[codes[nothing] == _BREVE]
        rows.codes[breve[rows.codes[breve - 1] == ord("и")] - 1] = ord("й")
        rows = rows.without(nothing)
    blank = rows.codes == SPACE
    again = (blank[1:] & blank[:-1]).nonzero()[0] + 1
    if len(again) < len(rows):
        return rows
    # The first space of each row is its frame, though the row before ends in one.
    again = np.setdiff1d(again, rows.starts, assume_unique=True)
    return rows.without(again) if len(again) else rows


_BREVE = 0x306
