"""A word in plain Latin letters, whichever of our scripts it is written in. Pure.

So that a search finds a word in the other script, and compares misspelled words letter by letter:
PostgreSQL's trigrams see no letter beyond ASCII where the database's locale is C. Two words may
fold alike; a search only finds a little more for it.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, func

# Letters that are two in Latin, in Uzbek's way of writing them.
_PAIRS: Final[Mapping[str, str]] = {
    "я": "ya",
    "ю": "yu",
    "ё": "yo",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ц": "ts",
}
_LETTERS: Final[Mapping[str, str]] = dict(
    zip(
        "абвгдежзийклмнопрстуфхыэўқғҳәіңүұөһq",
        "abvgdejziyklmnoprstufxyeokghainuuohk",
        strict=True,
    )
)
# Signs, and whatever stands for an apostrophe.
_DROPPED: Final = "ъь'`‘’ʻʼ´"
_TABLE: Final = str.maketrans(dict(_PAIRS) | dict(_LETTERS) | dict.fromkeys(_DROPPED, ""))


def fold(word: str) -> str:
    """Return the word in lower case, in plain Latin letters."""
    return word.lower().translate(_TABLE)


def folded(word: ColumnElement[str]) -> ColumnElement[Any]:
    """Return what ``fold`` returns, of a word in lower case, as PostgreSQL works it out."""
    paired: ColumnElement[Any] = word
    for letter, pair in _PAIRS.items():
        paired = func.replace(paired, letter, pair)
    # Letters without a partner are dropped.
    single = "".join(_LETTERS) + _DROPPED
    return func.translate(paired, single, "".join(_LETTERS.values()))
