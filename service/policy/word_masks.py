"""Words with letters hidden behind signs (f**k) or cut by them (f.uck): what they may be.

Works on normalised text. Only words in which signs stand between letters are looked at, and only
so many of them, so that the time stays linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from service.policy.word_endings import squeezed

HIDDEN_MAX, CUT_MAX = 40, 100
SEEN_MIN, UNKNOWN_MAX = 2, 3
UNKNOWN = "*"

_HIDING = r"(?:[*#%]{1,3}|\.{2,3})"
_HIDDEN = re.compile(rf"(?<![\w*#%.])[^\W\d_]+(?:{_HIDING}[^\W\d_]+){{1,3}}(?![\w*#%])")
_CUTTING = r"[.,\"()_!-]"
# These two begin with a sign, of which a text has few: they are quick, and most texts end here.
_HIDING_BETWEEN_LETTERS = re.compile(r"[*#%.](?<=[^\W\d_].)[*#%.]{0,2}(?=[^\W\d_])")
_CUTTING_BETWEEN_LETTERS = re.compile(rf"{_CUTTING}(?<=[^\W\d_].)(?=[^\W\d_])")
_CUT = re.compile(rf"(?<!\w)[^\W\d_]{{1,8}}(?:{_CUTTING}[^\W\d_]{{1,8}}){{1,5}}(?!\w)")
_PIECE = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """What ``text[start:end]`` may be: its letters, squeezed, ``*`` for each unknown one.

    A listed stem found in it must be longer than ``first``, what stood before the first sign, and
    may have at most ``unknown_share`` of its letters unknown.
    """

    start: int
    end: int
    letters: str
    first: int
    unknown_share: float


def guesses(text: str) -> Iterator[Guess]:
    """Yield what the hidden and cut words of a normalised text may be."""
    for word in islice(_words(_HIDDEN, _HIDING_BETWEEN_LETTERS, text), HIDDEN_MAX):
        yield from _unhidden(word)
    for word in islice(_words(_CUT, _CUTTING_BETWEEN_LETTERS, text), CUT_MAX):
        yield from _joined(word)


def _words(word: re.Pattern[str], sign: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield what ``word`` finds, looking only between the spaces around each ``sign``."""
    seen = 0
    for found in sign.finditer(text):
        if found.start() < seen:
            continue
        start = max(text.rfind(" ", 0, found.start()) + 1, seen)
        end = text.find(" ", found.end())
        seen = len(text) if end < 0 else end
        yield from word.finditer(text, start, seen)


def _unhidden(word: re.Match[str]) -> Iterator[Guess]:
    """A sign hides one letter, two (ю in Latin letters), or half of two; dots hide any number."""
    letters = [squeezed(piece) for piece in _PIECE.findall(word[0])]
    gaps = [len(gap) for gap in re.findall(_HIDING, word[0])]
    if sum(map(len, letters)) < SEEN_MIN or sum(gaps) > UNKNOWN_MAX:
        return
    share = 1 / 3 if "." in word[0] else 1 / 2
    for more in (0, 1, -1, -2) if "." in word[0] else (0, 1, -1):
        sizes = [max(gap + more, 1) for gap in gaps]
        parts = [piece + UNKNOWN * size for piece, size in zip(letters, sizes, strict=False)]
        yield Guess(*word.span(), "".join([*parts, letters[-1]]), len(letters[0]), share)


def _joined(word: re.Match[str]) -> Iterator[Guess]:
    """Any two or more pieces in a row may be one word."""
    pieces = list(_PIECE.finditer(word.string, *word.span()))
    for first in range(len(pieces) - 1):
        for last in range(first + 1, len(pieces)):
            start, end = pieces[first].start(), pieces[last].end()
            letters = squeezed("".join(piece[0] for piece in pieces[first : last + 1]))
            yield Guess(start, end, letters, len(squeezed(pieces[first][0])), 0.0)
