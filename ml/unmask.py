"""Swear words and insults with some letters hidden: f*ck, п@здец, 1d10t, @ssh0le.

A sign in a word stands for letters that it looks like, a mask for any. Which one it hides is only
known to who knows the word, so a word is read as one of a short list of our own, if it fits
(``ml.swearing`` and ``insults.toml``). At least half of the letters must be seen, of an insult more
than half: what hides more, like a name cut down to its ends, says nothing. Masks at an edge mostly
mean something else (a handle, a bullet, a footnote, the end of a sentence), and have to say more.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from ml import swearing
from ml.letters import MEANING, NOTHING

# What stands for any letter, and what for those that it looks like, in Latin and Cyrillic words.
MASKS = frozenset("*#%_•@.")
_LOOKS_LIKE: Mapping[str, str] = {
    "0": "oоө", "1": "ilиіл", "3": "ezзеэә", "4": "aча", "5": "sс", "6": "bgб", "7": "tт",
    "8": "bв", "9": "gqя", "$": "sс", "€": "eе", "!": "ilиі", "|": "ilиіл", "+": "tт", "¥": "yуұү",
    "v": "uv",  # beside another sign: by itself it calls for nothing
}  # fmt: skip
_SIGNS = MASKS | _LOOKS_LIKE.keys()
# Who begins a word with @ means an a; elsewhere it may be any letter.
_FIRST_AT = "aа"
# Too short for the rules, and too often written so to be left.
_WHOLE: Mapping[str, str] = {"@$$": "ass", "a$$": "ass"}

_LETTERS_MIN = 2
_SEEN_OF_SWEARING, _SEEN_OF_INSULT = 2, 3
# What parts words or ends a sentence hides a letter of no shorter word, and before no ending:
# initials, x_y, a full stop without a space.
_PARTS, _LETTERS_AROUND_PARTS = frozenset("._"), 4


@dataclass(frozen=True, slots=True)
class _Stem:
    letters: str
    takes_endings: bool
    swears: bool  # no mere insult
    is_cut: bool  # often written without its end


@dataclass(frozen=True, slots=True)
class _Fit:
    """A stem laid upon the beginning of a word."""

    stem: _Stem
    masked: str  # what stands in the stem's place
    rest: str  # the ending
    seen: int  # so many of the stem's letters; a sign that looks like the letter counts

    def says_enough(self) -> bool:
        """Tell whether what is seen makes it this word, and hardly any other."""
        size, swears = len(self.masked), self.stem.swears
        enough = _SEEN_OF_SWEARING if swears else _SEEN_OF_INSULT
        return (
            self.seen >= enough
            and self.seen * 2 >= size + (not swears)
            and self._may_begin_so()
            and self._may_end_so()
            and (_PARTS.isdisjoint(self.masked) or self._is_one_word())
        )

    def _may_begin_so(self) -> bool:
        """Tell a hidden first letter from a bullet, a handle and a count: *урок, @rick, 3балла."""
        first = self.masked[0]
        if first.isalpha() or first == "@":
            return True
        signs = sum(not letter.isalpha() for letter in self.masked)
        return first not in MASKS and not self.rest and (not first.isdigit() or signs > 1)

    def _may_end_so(self) -> bool:
        """Tell hidden last letters from a footnote's star, and from an ending of the word's own."""
        is_hidden = self.masked[-1] in MASKS
        if self.rest:
            fits = self.stem.takes_endings and self.rest.replace("'", "").isalpha()
            return fits and not is_hidden
        return not is_hidden or self.stem.is_cut

    def _is_one_word(self) -> bool:
        parts = sum(letter in _PARTS for letter in self.masked)
        long = len(self.masked) >= _LETTERS_AROUND_PARTS
        return self.stem.swears and long and parts == 1 and not self.rest


def _stems() -> Iterator[_Stem]:
    listed = tomllib.loads(files("ml").joinpath("insults.toml").read_text(encoding="utf-8"))
    left_out, cut = set(listed.pop("left_out").split()), set(listed.pop("cut").split())
    for words, swears in ((swearing.stems(), True), (" ".join(listed.values()).split(), False)):
        for word in words:
            stem = word.rstrip("*")
            if word not in left_out:
                yield _Stem(_as_clean(stem), word != stem, swears, stem in cut)


def _as_clean(word: str) -> str:
    """Return a word without what cleaning drops: the hard and the soft sign."""
    meant = MEANING[[ord(letter) for letter in word]]
    return "".join(map(chr, meant[meant != NOTHING]))


@cache
def _by_letter(place: int) -> Mapping[str, list[_Stem]]:
    """Return the stems by their first letter, or by their second."""
    found: dict[str, list[_Stem]] = {}
    for stem in dict.fromkeys(_stems()):
        found.setdefault(stem.letters[place], []).append(stem)
    return found


@lru_cache(maxsize=4096)
def unmasked(word: str) -> str | None:
    """Return the swear word or insult that a word hides, as long as it is, or None.

    Args:
        word: in lower case, letters and signs without a space.
    """
    if word in _WHOLE:
        return _WHOLE[word]
    if _SIGNS.isdisjoint(word) or sum(map(str.isalpha, word)) < _LETTERS_MIN:
        return None
    best = max(_fitting(word), key=lambda fit: fit.seen, default=None)
    return None if best is None else best.stem.letters + best.rest


def _fitting(word: str) -> Iterator[_Fit]:
    place = 1 if word[0] in MASKS else 0
    for letter in _LOOKS_LIKE.get(word[place], word[place]):
        for stem in _by_letter(place).get(letter, ()):
            size = len(stem.letters)
            seen = _seen(word[:size], stem.letters)
            fit = _Fit(stem, word[:size], word[size:], seen)
            if seen and fit.says_enough():
                yield fit


def _seen(masked: str, letters: str) -> int:
    """Return how many letters are seen in what hides some of them; 0 if it cannot be these."""
    if len(masked) < len(letters) or masked == letters:
        return 0
    seen = 0
    for at, (written, letter) in enumerate(zip(masked, letters, strict=True)):
        looks_like = _FIRST_AT if written == "@" and at == 0 else _LOOKS_LIKE.get(written, "")
        if written == letter or letter in looks_like:
            seen += 1
        elif written not in MASKS or looks_like:
            return 0
    return seen


# A run of letters and signs; what may end a sentence or a list must have something behind it.
TOKEN = re.compile(r"[\w@$€¥*#%•'](?:[!|+.]{0,3}[\w@$€¥*#%•'])*")
# No listed word with an ending is longer, so that a long run of signs takes no longer either.
_TOKEN_MAX = 40


def read(token: str) -> str:
    """Return a token with what it hides in its place; the same length, as it was if nothing."""
    if len(token) > _TOKEN_MAX:
        return token
    # Between two marks it is only stressed: *f**k*. A line at either end is no mask.
    for inner in (token.strip("_'."), token.strip("*_#'.")):
        found = unmasked(inner) if inner else None
        if found is not None:
            start = token.index(inner)
            return token[:start] + found + token[start + len(inner) :]
    return token


def read_all(text: str) -> str:
    """Return a text with what its words hide in their places; the same length."""
    return TOKEN.sub(lambda token: read(token[0]), text)
