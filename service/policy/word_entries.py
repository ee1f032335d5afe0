"""What stands in a word list: a word, how far it reaches, what it asks for."""

import re
from dataclasses import dataclass
from enum import StrEnum

from ml.labels import Language
from ml.normalise import normalise
from service.policy.word_endings import Stem, anything, forms, nothing, verb_forms

# Words are runs of letters, and numbers are runs of digits: "word69" is a word and a number.
TOKEN = re.compile(r"[^\W\d_]+|\d+")
WORD_MAX_CHARS = 100
PREFIX_MIN_LETTERS = 3
WORD_MIN_LETTERS = 2


class Kind(StrEnum):
    """What a listed word asks for; innocent words are never matched for what they contain."""

    BANNED = "banned"
    SUSPECT = "suspect"
    INNOCENT = "innocent"


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a list.

    ``word`` with its forms in ``language``; a last ``*`` takes any ending, ``!`` none, and ``-``
    makes an Uzbek or Kazakh verb stem. Several words are a phrase. Without a language it stands
    for itself alone, in every text.

    Raises:
        ValueError: the word cannot be matched; the sentence says what would be right.
    """

    word: str
    kind: Kind
    language: Language | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.language is Language.OTHER:
            raise ValueError("a language is en, ru, uz or kk, or is left empty for all")
        if len(self.word) > WORD_MAX_CHARS:
            raise ValueError(f"a word has at most {WORD_MAX_CHARS} characters")
        letters = _count_letters(self.bare)
        if letters < WORD_MIN_LETTERS:
            raise ValueError(f"a word has at least {WORD_MIN_LETTERS} letters")
        if any(mark in self.bare for mark in "*!"):
            raise ValueError("'*' and '!' stand at the end of the word, once")
        if self.mark == "*" and letters < PREFIX_MIN_LETTERS:
            raise ValueError(f"before '*' stand at least {PREFIX_MIN_LETTERS} letters")
        if self.mark == "-" and self.language not in (Language.UZBEK, Language.KAZAKH):
            raise ValueError("a verb stem, ending in '-', is Uzbek or Kazakh")

    @property
    def mark(self) -> str:
        """How far the word reaches: ``*``, ``!``, ``-`` or nothing."""
        last = self.word.strip()[-1:]
        return last if last in ("*", "!", "-") else ""

    @property
    def bare(self) -> str:
        """The word without its mark."""
        return self.word.strip().removesuffix(self.mark).strip().lower()

    def stems(self) -> list[Stem]:
        match self.mark:
            case "*":
                return [Stem(self.bare, anything)]
            case "!":
                return [Stem(self.bare, nothing)]
            case "-":
                return verb_forms(self.bare, self.language)
        return forms(self.bare, self.language)


def _count_letters(bare: str) -> int:
    """Return how many letters and digits are left of a word once it is normalised."""
    if _PLAIN.fullmatch(bare):
        return len(bare)
    return sum(map(len, TOKEN.findall(normalise(bare))))


# Letters that normalising keeps one by one, with no three alike in a row; spares 10,000 calls.
_PLAIN = re.compile(r"(?:([a-zа-щыэ-яё])(?!\1\1))+")
