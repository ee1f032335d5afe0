"""The blind set: hard sentences in four languages that nobody measures until a model is finished.

The suites were looked at while training sentences were written, so they flatter. These were
written before any figure of the model that they judge, and are measured once, with
``python -m ml train --blind``; whoever has seen their results writes a new set. Of two Uzbek
sentences one is respelt in Cyrillic.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ml.labels import Language
from ml.suites.load import Expected
from ml.suites.translit import uzbek_in_cyrillic

HERE = Path(__file__).parent / "blind"
LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH)


@dataclass(frozen=True, slots=True)
class BlindCase:
    """One sentence, what a moderator would say of it, and what makes it hard."""

    text: str
    language: Language
    expected: Expected
    kind: str


def load() -> list[BlindCase]:
    """Return every sentence.

    Raises:
        ValueError: a row expects what is not known.
    """
    return [case for language in LANGUAGES for case in _of(language)]


def digest() -> str:
    """Return ``sha256:…`` over the names and bytes of the files."""
    hashed = hashlib.sha256()
    for language in sorted(LANGUAGES):
        path = HERE / f"{language}.tsv"
        hashed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"sha256:{hashed.hexdigest()}"


def _of(language: Language) -> Iterator[BlindCase]:
    with (HERE / f"{language}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        for number, (expected, _label, kind, text) in enumerate(rows):
            respelt = language is Language.UZBEK and number % 2 == 1
            written = uzbek_in_cyrillic(text) if respelt else text
            yield BlindCase(written, language, Expected(expected), kind)
