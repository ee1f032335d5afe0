"""Words run together in s p a c e d letters: which of them may stand alone.

Normalising takes the spaces out of «и д у р а к», and cannot know that two words stood there. A gap
wider than the others ends a word; so does, at either end, a short word that often stands beside
another: и, ты, you, sen. Pure.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from ml.normalise import Normalised, normalise_many
from service.policy.word_entries import TOKEN

LETTERS_MIN = 3
# Characters alone in a row, whatever stands between them: all that normalising may join.
_LONE = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,8}[^\W_](?![^\W_])){2,}")
_BETWEEN = re.compile(r"[\W_]+")
_SHORT_WORDS = (
    *("а", "и", "в", "к", "с", "у", "о", "я", "ты", "вы", "он", "не", "ну", "да", "же", "ж", "э"),
    *("a", "i", "u", "r", "you", "are", "an", "the", "oh", "he", "is"),
    *("sen", "siz", "сен", "сіз", "u", "bu", "ey", "ой", "ей"),
)
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
    parts = zip([start, *wide], [*wide, end], strict=True)
    spans = [span for part in parts for span in _trimmed(read, part, gaps)]
    for first, last in dict.fromkeys(spans):
        if (first, last) != (start, end) and last - first >= LETTERS_MIN:
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
        if after > before and not written[before:after].isalnum():
            ends_line = "\n" in written[before:after]
            found[place] = after - before + (_NEW_LINE if ends_line else 0)
    return found


def _trimmed(
    read: Normalised, part: tuple[int, int], gaps: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield the part, and what remains of it without short words at its ends."""
    start, end = part
    lasts = _reached(read.text, gaps, end, -1)
    for first in _reached(read.text, gaps, start, 1):
        yield from ((first, last) for last in lasts if first < last)


def _reached(text: str, gaps: dict[int, int], place: int, step: int) -> list[int]:
    """Return where one is after none, one or a few short words, going on or back by ``step``."""
    reached, newest = [place], [place]
    for _ in range(_SHORT_WORDS_MOST):
        newest = [
            beyond
            for at in newest
            for length in _LENGTHS
            if (beyond := at + step * length) in gaps
            and text[min(at, beyond) : max(at, beyond)] in _short_words()
        ]
        reached += newest
    return list(dict.fromkeys(reached))


@cache
def _short_words() -> frozenset[str]:
    return frozenset(normalise_many(_SHORT_WORDS).folded.texts())
