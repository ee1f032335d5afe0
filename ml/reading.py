"""What the sentence encoder reads of a text: no disguises, and the script that it knows best."""

from collections.abc import Sequence

import numpy as np

from ml.labels import Language
from ml.language import LANGUAGES, LanguageModel
from ml.normalise import unfolded
from ml.transliterate import uzbek_in_latin

_UZBEK = LANGUAGES.index(Language.UZBEK)
_CYRILLIC = range(0x400, 0x530)


def read(texts: Sequence[str]) -> list[str]:
    """Return the texts clean and unstretched, Uzbek in Latin letters.

    The encoder has learned from Uzbek in Latin letters, and of the same sentence in Cyrillic it
    knows far less (docs/model/second-tier.md).
    """
    if not texts:
        return []
    rows = unfolded(texts)
    uzbek = LanguageModel.bundled().probabilities(rows).argmax(axis=1) == _UZBEK
    clean = rows.texts()
    for number in np.flatnonzero(uzbek).tolist():
        if _is_cyrillic(clean[number]):
            clean[number] = uzbek_in_latin(clean[number])
    return clean


def _is_cyrillic(text: str) -> bool:
    letters = [ord(letter) for letter in text if letter.isalpha()]
    return sum(letter in _CYRILLIC for letter in letters) * 2 > len(letters)
