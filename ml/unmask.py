"""Swear words and insults with some letters hidden: f*ck, п@здец, 1d10t, @ssh0le.

A sign in a word stands for letters that it looks like, a mask for any. Which one it hides is only
known to who knows the word, so a word is read as one of a short list of our own, if it fits
(``ml.swearing`` and ``insults.toml``). At least half of the letters must be seen: what hides more,
like a name cut down to its ends, says nothing.
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
    "v": "uv",
}  # fmt: skip
_SIGNS = MASKS | _LOOKS_LIKE.keys()

# What these hide as well is innocent: a side, a pancake, a stream.
_LEFT_OUT = frozenset(
    {
        "бок",
        "боқ",
        "бляха",
        "piss",
        "crap",
        "tits",
        "eban*",
        "pidr*",
        "skay",
        "съеб*",
        "амы",
        "шешеннің",
        "шешеңнің",
    }
)
_LETTERS_MIN = 2
# Too short for the rule, and too often written so to be left.
_WHOLE: Mapping[str, str] = {"@$$": "ass", "a$$": "ass"}


@dataclass(frozen=True, slots=True)
class _Stem:
    letters: str
    takes_endings: bool
    swears: bool  # no mere insult


def _stems() -> Iterator[_Stem]:
    listed = tomllib.loads(files("ml").joinpath("insults.toml").read_text(encoding="utf-8"))
    insults = " ".join(listed.values()).split()
    for words, swears in ((swearing.stems(), True), (insults, False)):
        for word in words:
            if word not in _LEFT_OUT:
                yield _Stem(_as_clean(word.rstrip("*")), word.endswith("*"), swears)


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
    best, seen_most = _WHOLE.get(word), 0
    if _SIGNS.isdisjoint(word) or sum(map(str.isalpha, word)) < _LETTERS_MIN:
        return best
    place = 1 if word[0] in MASKS else 0
    if word[place] in MASKS:
        return best
    for letter in _LOOKS_LIKE.get(word[place], word[place]):
        for stem in _by_letter(place).get(letter, ()):
            seen = _seen(word, stem)
            if seen > seen_most and _says_enough(word, stem, seen):
                best, seen_most = stem.letters + word[len(stem.letters) :], seen
    return best


def _seen(word: str, stem: _Stem) -> int:
    """Return how many letters of the stem are seen in a word that hides some; else 0.

    A sign that looks like the letter counts as seen.
    """
    if len(word) < len(stem.letters):
        return 0
    seen = hidden = 0
    for written, letter in zip(word, stem.letters, strict=False):
        if written == letter:
            seen += 1
            continue
        hidden += 1
        if letter in _LOOKS_LIKE.get(written, ""):
            seen += 1
        elif written not in MASKS:
            return 0
    return seen if hidden else 0


def _says_enough(word: str, stem: _Stem, seen: int) -> bool:
    """Tell whether so many letters of a stem make it this word, and hardly any other."""
    size = len(stem.letters)
    rest, masked = word[size:], word[:size]
    if seen < (2 if stem.swears else 3) or seen * 2 < size + (not stem.swears):
        return False
    if rest and not (stem.takes_endings and rest.replace("'", "").isalpha()):
        return False
    # Before an ending the last letter may as well be the ending's, and the first any word's.
    if rest and (masked[-1] in MASKS or masked[0] in MASKS):
        return False
    if masked.endswith(_CUT) and seen < _SEEN_OF_CUT and not word.isascii():
        return False  # на** is a prefix of most verbs
    if "." in masked:  # mostly the end of a sentence that no space follows
        at_most = 0 if ".." in masked else _ENDING_MAX
        return stem.swears and len(rest) <= at_most and not (".." in word and word.isascii())
    return True


_CUT, _SEEN_OF_CUT, _ENDING_MAX = tuple(a + b for a in "*#%_•" for b in "*#%_•"), 4, 3


# A run of letters and signs; what may end a sentence or a list must have something behind it.
TOKEN = re.compile(r"[\w@$€¥*#%•'](?:[!|+.]{0,3}[\w@$€¥*#%•'])*")
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
