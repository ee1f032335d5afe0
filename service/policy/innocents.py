"""Words that only contain or resemble a listed one: Scunthorpe, рубля, мандарин, sikka.

They are compared as written, not as normalised: *her* is innocent and *хер* is not, though both
fold to the same letters; and nobody disguises an innocent word.
"""

import csv
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʻʼ`´", "'"))


def plainly(written: str) -> str:
    """Return a word in lower case, composed, with one kind of apostrophe."""
    return unicodedata.normalize("NFC", written).casefold().translate(_APOSTROPHES)


@dataclass(frozen=True, slots=True)
class Innocents:
    """Whole words, and beginnings of words."""

    words: frozenset[str]
    beginnings: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        """Read words, of which those that end in ``*`` take any ending."""
        plain = [plainly(word.strip()) for word in words]
        return cls(
            words=frozenset(word.removesuffix("!") for word in plain if not word.endswith("*")),
            beginnings=frozenset(word[:-1] for word in plain if word.endswith("*")),
        )

    @classmethod
    def with_bundled(cls, words: Iterable[str]) -> Self:
        """Return these words and those that ship with Parley."""
        own, bundled = cls.of(words), _bundled()
        return cls(own.words | bundled.words, own.beginnings | bundled.beginnings)

    def __contains__(self, written: str) -> bool:
        """Tell whether a word, said ``plainly``, is innocent."""
        if written in self.words:
            return True
        return " " not in written and any(
            written[:length] in self.beginnings for length in range(2, len(written) + 1)
        )


@cache
def _bundled() -> Innocents:
    return Innocents.of(word for word, _ in bundled_words())


def bundled_words() -> list[tuple[str, str]]:
    """Return the innocent words that ship with Parley, each with its language."""
    source = files("service.policy").joinpath("starter_lists/innocents.csv")
    rows = csv.DictReader(source.read_text("utf-8").splitlines())
    return [(row["word"], row["language"]) for row in rows]
