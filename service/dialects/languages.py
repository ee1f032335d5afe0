"""Language tags of other services, read as hints and written as answers."""

from collections.abc import Sequence
from typing import Final

from ml.labels import Language
from service.scoring.classifier import Prediction

UNDETERMINED: Final = "und"
_OURS: Final = frozenset(Language) - {Language.OTHER}
# Below this a text in none of our languages may well be in one of them: short ones often are.
_SURE: Final = 0.9


def hint_in(tags: Sequence[str]) -> Language | None:
    """Return the first of our languages that is named; a name never rules a language out."""
    for tag in tags:
        primary = tag.replace("_", "-").partition("-")[0].lower()
        if primary in _OURS:
            return Language(primary)
    return None


def tag_of(language: Language) -> str:
    return UNDETERMINED if language is Language.OTHER else language.value


def may_be_ours(prediction: Prediction) -> bool:
    """Say whether a text that seems to be in another language is not surely so."""
    return prediction.language is Language.OTHER and prediction.language_probability < _SURE
