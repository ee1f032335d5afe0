"""What the features read instead of the text as written: disguises undone, scripts folded.

A batch of texts is one array of code points, and each step is a few operations on all of it. Only
a text in which something looks like a disguise or like mark-up takes the way through
``ml.disguises``, alone. Steps, in order:

* *clean*: lower case, look-alikes, invisible characters, runs of white space;
* *disguises*, where suspected: mark-up, addresses, leetspeak, mixed scripts, spaced letters;
* *fold*: one Latin skeleton for Russian, Uzbek and Kazakh in either script, stretched letters.

Languages are told apart by the clean text, labels by the folded one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml import disguises, folding, suspicion
from ml.letters import (
    MEANING,
    NOTHING,
    SPACE,
    Codes,
)
from ml.rows import Origins, Rows, joined
from ml.suspicion import Span, Suspects

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
    clean = _clean(_rows(texts, with_origins=with_origins))
    suspects = suspicion.suspects(clean)
    if suspects:
        clean = _replaced(clean, _undisguised(clean, suspects))
    return Batch(clean, folding.folded(clean))


def _undisguised(clean: Rows, suspects: Suspects) -> dict[int, Rows]:
    """Return the suspected rows that hold a disguise, as they read without, by their numbers.

    What one round has changed may call for another rule, until nothing calls for any.
    """
    undone: dict[int, Rows] = {}
    numbers: Sequence[int] = range(len(clean))
    rows = clean
    for _ in range(_ROUNDS_MAX):
        changed = {}
        for i, spans in suspects.items():
            row = _row_without(rows, i, spans)
            if row is not None:
                changed[numbers[i]] = row
        if not changed:
            break
        undone |= changed
        numbers = list(changed)
        rows = joined(list(changed.values()))
        suspects = suspicion.suspects(rows)
    return undone


def _row_without(rows: Rows, number: int, spans: Mapping[Span, int]) -> Rows | None:
    """Return a row after one round of the rules that its spans call for; None if none applied."""
    row = rows.span(number, number + 1)
    start, _ = rows.bounds(number)
    position = 0
    pieces: list[Codes] = []
    origins: list[Origins] = []
    for (first, last), rules in spans.items():
        span = slice(first - start, last - start)
        before = row.codes[span]
        codes, found = disguises.undo(
            before, None if row.origins is None else row.origins[span], rules
        )
        if codes is before:
            continue
        # The space behind a word may be the one before the next.
        pieces += [row.codes[position : span.start], codes[:-1]]
        if row.origins is not None and found is not None:
            origins += [row.origins[position : span.start], found[:-1]]
        position = span.stop - 1
    if not pieces:
        return None
    codes = np.concatenate([*pieces, row.codes[position:]])
    if row.origins is not None:
        origins.append(row.origins[position:])
    return Rows(codes, np.array([len(codes)]), np.concatenate(origins) if origins else None)


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


def _replaced(rows: Rows, new: dict[int, Rows]) -> Rows:
    """Return the rows with those in ``new`` put in place of the old."""
    if not new:
        return rows
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
