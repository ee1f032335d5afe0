"""Words run together in s p a c e d letters: which of them may stand alone.

Normalising takes the spaces out of «и д у р а к», and cannot know that two words stood there. A gap
wider than the others ends a word; so does, at either end, a short word that often stands beside
another: и, ты, you, sen. In «е с і к» no и stands before an obscenity, though э and е fold alike,
and «в о й н а х» is one word: short words are read as written, and leave four letters. Pure.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ml.normalise import Normalised
from service.policy.word_entries import TOKEN

LETTERS_MIN = 3
# Of three letters between cut off ones, most are a part of a word: «С С И» in «Р О С С И Я».
_CUT_LETTERS_MIN = 4
# Characters alone in a row, whatever stands between them: all that normalising may join.
_LONE = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,8}[^\W_](?![^\W_])){2,}")
_BETWEEN = re.compile(r"[\W_]+")
# A preposition or an article never ends what is said, nor does «же» begin it.
_ON_BOTH_SIDES = (
    *("а", "и", "я", "ты", "вы", "он", "ну", "да", "э", "i", "u", "r", "you", "are", "he", "is"),
    *("sen", "siz", "сен", "сіз", "bu", "ey", "ой", "ей"),
)
_BEFORE = frozenset((*_ON_BOTH_SIDES, "в", "к", "с", "у", "о", "не", "a", "an", "the", "oh"))
_AFTER = frozenset((*_ON_BOTH_SIDES, "же", "ж"))
_SHORT_WORDS_MOST = 4
_LENGTHS = (1, 2, 3)
_NEW_LINE = 100


def may_be_spaced(written: str) -> bool:
    """Tell whether anything in a text may be spaced letters; no is certain."""
    return "&" in written or _LONE.search(written) is not None


def spaced_tokens(written: str, read: Normalised) -> Iterator[tuple[int, int]]:
    """Yield the places in ``read.text`` of the tokens that may have been spaced letters."""
    if "&" in written:
        yield from (token.span() for token in TOKEN.finditer(read.text))
        return
    seen = 0
    for run in _LONE.finditer(written):
        first = max(bisect_left(read.starts, run.start()), seen)
        seen = bisect_left(read.starts, run.end())
        yield from (token.span() for token in TOKEN.finditer(read.text, first, seen))


def unspaced(written: str) -> str:
    """Return spaced letters without what stands between them, and anything else as it is."""
    letters = _BETWEEN.split(written)
    return "".join(letters) if max(map(len, letters)) == 1 else written


def spaced_words(written: str, read: Normalised, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what may be a word of its own within a token, ``read.text[start:end]``, if spaced."""
    gaps = _gaps(written, read, start, end)
    if len(gaps) < LETTERS_MIN - 1:
        return
    narrowest = min(gaps.values())
    wide = [place for place, width in gaps.items() if width > narrowest]
    for part in zip([start, *wide], [*wide, end], strict=True):
        for first, last in _trimmed(written, read, part, gaps):
            least = LETTERS_MIN if (first, last) == part else _CUT_LETTERS_MIN
            if (first, last) != (start, end) and len(set(read.starts[first:last])) >= least:
                yield first, last


def side_by_side(read: Normalised, words: Sequence[tuple[int, int]]) -> Normalised:
    """Return these stretches of ``read`` as the words of one text, whatever they share."""
    texts, starts, ends = [], [], []
    for first, last in words:
        texts.append(read.text[first:last])
        starts += [*read.starts[first:last], read.ends[last - 1]]
        ends += [*read.ends[first:last], read.ends[last - 1]]
    return Normalised(" ".join(texts), tuple(starts[:-1]), tuple(ends[:-1]))


def _gaps(written: str, read: Normalised, start: int, end: int) -> dict[int, int]:
    """Return how much was taken out before each character of a token, where anything was."""
    found = {}
    for place in range(start + 1, end):
        before, after = read.ends[place - 1], read.starts[place]
        # Letters may have been taken out with them: «йо» is read as one.
        widths = [len(between) for between in _BETWEEN.findall(written, before, after)]
        if widths:
            ends_line = "\n" in written[before:after]
            found[place] = max(widths) + (_NEW_LINE if ends_line else 0)
    return found


def _trimmed(
    written: str, read: Normalised, part: tuple[int, int], gaps: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield the part, and what remains of it without short words at its ends."""
    start, end = part
    lasts = _reached(written, read, gaps, end, -1)
    for first in _reached(written, read, gaps, start, 1):
        yield from ((first, last) for last in lasts if first < last)


def _reached(
    written: str, read: Normalised, gaps: dict[int, int], place: int, step: int
) -> list[int]:
    """Return where one is after none, one or a few short words, going on or back by ``step``."""
    short_words = _BEFORE if step > 0 else _AFTER
    reached, newest = [place], [place]
    for _ in range(_SHORT_WORDS_MOST):
        newest = [
            beyond
            for at in newest
            for length in _LENGTHS
            if (beyond := at + step * length) in gaps
            and _as_written(written, read, min(at, beyond), max(at, beyond)) in short_words
        ]
        reached += newest
    return list(dict.fromkeys(reached))


def _as_written(written: str, read: Normalised, first: int, last: int) -> str:
    """Return the letters of a stretch of ``read``, not folded, without what stands between them."""
    end = read.starts[last] if last < len(read.starts) else len(written)
    letters = _BETWEEN.split(written[read.starts[first] : end])
    return "".join(letter for letter in letters if len(letter) == 1).lower()
