"""The section's texts in the readers' languages, for the page that needs no script.

The same files speak in the browser. A line is a text with `{name}` in it for what is filled in, or
one for each plural form of its language (CLDR), chosen by `count`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.numbers import format_decimal

from service.sites.reader_language import ReaderLanguage

_FOLDER: Final = Path(__file__).with_name("locales")
_NAMED: Final = re.compile(r"\{(\w+)\}")

Line = str | dict[str, str]


@dataclass(frozen=True)
class Words:
    """Texts of one language, by id."""

    language: ReaderLanguage
    lines: Mapping[str, Line]
    locale: Locale

    def __call__(self, line: str, **values: object) -> str:
        """Return the text, filled in; ``count`` chooses the plural form."""
        found = self.lines[line]
        if isinstance(found, dict):
            count = values["count"]
            assert isinstance(count, int)  # noqa: S101 - what is counted is whole
            found = found.get(self.locale.plural_form(count)) or found["other"]
        return _NAMED.sub(lambda name: self._shown(values.get(name[1], name[0])), found)

    def has(self, line: str) -> bool:
        return line in self.lines

    def when(self, at: datetime) -> str:
        """Return a day and a time (UTC), as the section writes them."""
        months = str(self.lines["time.months"]).split(" ")
        return self(
            "time.date",
            day=str(at.day),
            month=months[at.month - 1],
            year=str(at.year),
            time=f"{at:%H:%M}",
        )

    def _shown(self, value: object) -> str:
        if isinstance(value, int):
            return str(format_decimal(value, locale=self.locale))
        return str(value)


@cache
def words_of(language: ReaderLanguage) -> Words:
    lines: dict[str, Line] = json.loads(source_of(language))
    return Words(language, lines, Locale.parse(language, sep="-"))


def languages() -> tuple[ReaderLanguage, ...]:
    return tuple(ReaderLanguage)


@cache
def source_of(language: ReaderLanguage) -> bytes:
    return (_FOLDER / f"{language}.json").read_bytes()
