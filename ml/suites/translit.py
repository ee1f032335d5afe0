"""Uzbek into Cyrillic and Kazakh into Latin, so that a sentence is written once.

Kept apart from ``ml.normalise`` on purpose: a suite that shared its folding would not test it.
"""

import re

# Loan words that keep a soft sign which Latin does not write.
_UZBEK_EXCEPTIONS = {"asfalt": "асфальт", "film": "фильм", "aprel": "апрель", "retsept": "рецепт"}
_UZBEK_PAIRS = [
    ("yo'", "йў"),
    ("o'", "ў"),
    ("g'", "ғ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("yo", "ё"),
    ("yu", "ю"),
    ("ya", "я"),
    ("ye", "е"),
    ("tsiya", "ция"),
    ("tsiy", "ций"),
    ("tsio", "цио"),
    ("'", "ъ"),
]
_UZBEK_LETTERS = dict(zip("abdefghijklmnopqrstuvxyzwc", "абдефгҳижклмнопқрстувхйзвс", strict=True))
_UZBEK_VOWELS = "aeiou"
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_KAZAKH_LATIN = dict(
    zip(
        "абвгғдежзиійкқлмнңоөпрстуұүфхһцчшщъыьэюяәё",
        "a b v g ğ d e j z i ı i k q l m n ñ o ö p r s t u ū ü f h h ts ch ş şş | y | e iu ia ä io"
        "".replace("|", "").split(" "),
        strict=True,
    )
)
_KAZAKH_ON_A_PLAIN_KEYBOARD = str.maketrans(
    {"ğ": "g", "ı": "i", "ñ": "n", "ö": "o", "ş": "sh", "ū": "u", "ü": "u", "ä": "a"}
    | {"Ğ": "G", "Ñ": "N", "Ö": "O", "Ş": "Sh", "Ū": "U", "Ü": "U", "Ä": "A"}
)


def uzbek_in_cyrillic(latin: str) -> str:
    """Return Uzbek text, written in Latin letters with ``'``, in Cyrillic.

    Web addresses, handles and text in capitals longer than a name's initial stay readable: an
    address is left alone, capitals stay capitals.
    """
    pieces = re.split(r"(https?://\S+|\S+\.example\S*|\S*example\.\S+|[@#]\S+)", latin)
    return "".join(
        piece if at % 2 else _WORD.sub(lambda found: _uzbek_word(found[0]), piece)
        for at, piece in enumerate(pieces)
    )


def kazakh_in_latin(cyrillic: str, *, plain_keyboard: bool = False) -> str:
    """Return Kazakh text in the 2021 Latin alphabet, or in the ASCII that people type."""
    written = "".join(_kazakh_letter(letter) for letter in cyrillic)
    return written.translate(_KAZAKH_ON_A_PLAIN_KEYBOARD) if plain_keyboard else written


def _uzbek_word(word: str) -> str:
    lower = word.lower()
    cyrillic = _uzbek_lower(lower)
    if word.isupper() and len(word) > 1:
        return cyrillic.upper()
    return cyrillic[:1].upper() + cyrillic[1:] if word[0].isupper() else cyrillic


def _uzbek_lower(word: str) -> str:
    for latin, cyrillic in _UZBEK_EXCEPTIONS.items():
        if word.startswith(latin):
            # A final soft sign goes before a suffix: апрель, but апрелда.
            rest = word[len(latin) :]
            stem = cyrillic.removesuffix("ь") if rest else cyrillic
            return stem + (_uzbek_lower("x" + rest)[1:] if rest else "")
    letters, at = "", 0
    while at < len(word):
        pair = next((p for p in _UZBEK_PAIRS if word.startswith(p[0], at)), None)
        if pair:
            letters += pair[1]
            at += len(pair[0])
            continue
        opens = at == 0 or word[at - 1] in _UZBEK_VOWELS
        letters += "э" if word[at] == "e" and opens else _UZBEK_LETTERS[word[at]]
        at += 1
    return letters


def _kazakh_letter(letter: str) -> str:
    latin = _KAZAKH_LATIN.get(letter.lower(), letter)
    if letter.isupper() and latin:
        return "I" if latin in ("i", "ı") else latin[0].upper() + latin[1:]
    return latin
