"""The languages that a site speaks with its readers. Pure."""

from collections.abc import Sequence
from enum import StrEnum


class ReaderLanguage(StrEnum):
    """A language with its script, as browsers write it (BCP 47)."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    UZBEK_LATIN = "uz-Latn"
    UZBEK_CYRILLIC = "uz-Cyrl"
    KAZAKH = "kk"


def by_preference(language: ReaderLanguage) -> Sequence[ReaderLanguage]:
    """Return all languages, in the order in which a reader of ``language`` would rather have them.

    Its own, the same language in another script, then English, then the rest.
    """
    spoken = language.partition("-")[0]
    return sorted(
        ReaderLanguage,
        key=lambda other: (
            other is not language,
            other.partition("-")[0] != spoken,
            other is not ReaderLanguage.ENGLISH,
        ),
    )
