"""The same words in the other script, as people type them: for training, and for the encoder."""

import re

_RUSSIAN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (
            *(
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "yo",
                "zh",
                "z",
                "i",
                "y",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
            ),
            *("r", "s", "t", "u", "f", "h", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"),
        ),
        strict=True,
    )
)
_UZBEK = _RUSSIAN | {
    "ж": "j", "х": "x", "ҳ": "h", "қ": "q", "ғ": "g'", "ў": "o'", "ъ": "'", "ц": "s", "щ": "sh",
    "ы": "i",
}  # fmt: skip
_KAZAKH = _RUSSIAN | {
    "ж": "j", "й": "i", "ә": "a", "ғ": "g", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u",
    "һ": "h", "і": "i", "ё": "e",
}  # fmt: skip
_UZBEK_PAIRS = (
    ("o'", "ў"), ("g'", "ғ"), ("sh", "ш"), ("ch", "ч"), ("yo", "ё"), ("yu", "ю"), ("ya", "я"),
    ("ye", "е"), ("ts", "ц"),
)  # fmt: skip
_UZBEK_LETTERS = str.maketrans("abdefghijklmnopqrstuvxyz'", "абдефгҳижклмнопқрстувхйзъ")
_SIGNS = str.maketrans("‘’ʻʼ`´", "''''''")
_KAZAKH_PLAIN = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")


def _spelt(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(c, c) for c in text.lower())


def russian_to_latin(text: str) -> str:
    """Return Russian as typed on a Latin keyboard, in lower case."""
    return _spelt(text, _RUSSIAN)


def uzbek_to_latin(text: str) -> str:
    """Return Cyrillic Uzbek in Latin letters, in lower case."""
    return _spelt(text, _UZBEK)


_BEGINS_WITH_A_GLIDE = re.compile(r"(?:(?<=[аеёиоуўэюя])|(?<!\w))е")


def uzbek_in_latin(text: str) -> str:
    """Return Cyrillic Uzbek as Latin Uzbek is spelt, in lower case; е is ye where it begins so."""
    return _spelt(_BEGINS_WITH_A_GLIDE.sub("ye", text.lower()), _UZBEK | {"ц": "ts"})


def uzbek_to_cyrillic(text: str) -> str:
    """Return Latin Uzbek in Cyrillic letters, in lower case."""
    text = text.lower().translate(_SIGNS)
    for latin, cyrillic in _UZBEK_PAIRS:
        text = text.replace(latin, cyrillic)
    return text.translate(_UZBEK_LETTERS)


def kazakh_to_latin(text: str) -> str:
    """Return Cyrillic Kazakh in Latin letters without accents, in lower case."""
    return _spelt(text, _KAZAKH)


def kazakh_without_kazakh_letters(text: str) -> str:
    """Return Kazakh as typed on a Russian keyboard."""
    return text.translate(_KAZAKH_PLAIN)
