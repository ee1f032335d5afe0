"""Texts for readers, in the languages that a site speaks with them: a small file for each.

The pages for moderators go through gettext; what readers read is complete in every language, Uzbek
in both its scripts, and a file with a hole is refused when it is read.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date

from service.sites.reader_language import ReaderLanguage

NAMES: Mapping[ReaderLanguage, str] = {
    ReaderLanguage.ENGLISH: "English",
    ReaderLanguage.RUSSIAN: "Русский",
    ReaderLanguage.UZBEK_LATIN: "O‘zbekcha",
    ReaderLanguage.UZBEK_CYRILLIC: "Ўзбекча",
    ReaderLanguage.KAZAKH: "Қазақша",
}


# As the comment section writes a day; elsewhere the locale's own long form is the same.
_DAYS: Mapping[ReaderLanguage, str] = {
    ReaderLanguage.ENGLISH: "d MMMM y",
    ReaderLanguage.UZBEK_LATIN: "y-'yil' d-MMMM",
    ReaderLanguage.UZBEK_CYRILLIC: "y 'йил' d MMMM",
}


@dataclass(frozen=True, slots=True)
class ReaderTexts:
    """The texts of one folder in one language."""

    language: ReaderLanguage
    lines: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the line of ``key``, written ``section.name``, with its ``{values}`` filled in."""
        return self.lines[key].format_map(values)

    def has(self, key: str) -> bool:
        return key in self.lines

    def date(self, at: datetime) -> str:
        """Return the day in words."""
        pattern = _DAYS.get(self.language, "long")
        return format_date(at, pattern, locale=self.language.replace("-", "_"))


@cache
def in_language(folder: Path, language: ReaderLanguage) -> ReaderTexts:
    """Return the texts of ``folder``.

    Raises:
        ValueError: the file has other lines than the English one.
    """
    lines = _read(folder, language)
    wanted = _read(folder, ReaderLanguage.ENGLISH)
    if lines.keys() != wanted.keys():
        different = sorted(lines.keys() ^ wanted.keys())
        raise ValueError(f"{folder}: {language} and English differ in {', '.join(different)}")
    return ReaderTexts(language, lines)


def _read(folder: Path, language: ReaderLanguage) -> dict[str, str]:
    found: dict[str, Any] = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": line
        for section, lines in found.items()
        for name, line in lines.items()
    }


def wanted_language(
    asked: str | None, accepted: str | None, *, otherwise: ReaderLanguage
) -> ReaderLanguage:
    """Return the language to speak: the one asked for, else the browser's, else ``otherwise``.

    Args:
        asked: a tag in the address, such as ``uz-Cyrl``.
        accepted: the browser's ``Accept-Language``.
        otherwise: when neither names one that is spoken here.
    """
    for tag in [asked or "", *(accepted or "").split(",")]:
        found = of_tag(tag.split(";")[0].strip())
        if found is not None:
            return found
    return otherwise


def of_tag(tag: str) -> ReaderLanguage | None:
    """Return the language of a BCP 47 tag, None for one that is not spoken here.

    Uzbek without a script is in Latin letters, as the country writes it.
    """
    parts = tag.lower().replace("_", "-").split("-")
    if parts[0] == "uz":
        is_cyrillic = "cyrl" in parts
        return ReaderLanguage.UZBEK_CYRILLIC if is_cyrillic else ReaderLanguage.UZBEK_LATIN
    return next((each for each in ReaderLanguage if each.value == parts[0]), None)
