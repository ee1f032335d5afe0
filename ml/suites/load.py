"""Read the suites as typed rows, and say by a digest which suites they were."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ml.labels import Label, Language

HERE = Path(__file__).parent
DEFINITIONS_FILE = HERE / "definitions" / "definitions.csv"
TEXT_MAX_CHARS = 1500

# What an innocent text may carry: swearing at nobody is vulgar, not hostile.
_HARMLESS = frozenset({Label.OBSCENITY})


class Suite(StrEnum):
    """One file of cases each; what it asks is written in README.md."""

    MUST_PASS = "must_pass"  # noqa: S105 -- not a password
    IDENTITY = "identity"
    FUNCTIONAL = "functional"
    DISGUISES = "disguises"
    DISGUISES_INNOCENT = "disguises_innocent"
    ABUSIVE_KK_UZ = "abusive_kk_uz"
    SPAM = "spam"


class Script(StrEnum):
    LATIN = "Latn"
    CYRILLIC = "Cyrl"


class Expected(StrEnum):
    """What a moderator would say: nothing to hold, or something to hold."""

    OK = "ok"
    ABUSIVE = "abusive"


class Stance(StrEnum):
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    HOSTILE = "hostile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One text with what is expected of a classifier that reads it.

    ``template`` numbers the row of the source that the text was filled from (among the disguises,
    the disguised word): texts that share it are no independent trials.
    ``group`` and ``stance`` are known in the identity suite only; ``plain`` (the sentence without
    its disguise) and ``technique`` among the disguises only.
    """

    id: str
    suite: Suite
    text: str
    language: Language
    script: Script
    expected: Expected
    labels: frozenset[Label]
    functionality: str
    note: str
    template: str
    group: str | None = None
    stance: Stance | None = None
    plain: str | None = None
    technique: str | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.text) <= TEXT_MAX_CHARS:
            raise ValueError(f"{self.id}: a text of {len(self.text)} characters")
        if self.expected is Expected.OK and self.labels - _HARMLESS:
            raise ValueError(f"{self.id}: expected ok, yet labelled {sorted(self.labels)}")
        if self.expected is Expected.ABUSIVE and not self.labels:
            raise ValueError(f"{self.id}: expected abusive, yet without a label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A label in plain words of one language, with two texts that have it and two that do not."""

    label: Label
    language: Language
    definition: str
    yes: tuple[str, str]
    no: tuple[str, str]


def load(suite: Suite) -> list[Case]:
    """Return the cases of ``suite``, in the order of its file.

    Raises:
        ValueError: if a row holds a language, label, script or expectation that is not known, or
            contradicts itself.
    """
    return [_case(suite, row) for row in _rows(HERE / f"{suite}.csv")]


def load_all() -> list[Case]:
    """Return the cases of every suite."""
    return [case for suite in Suite for case in load(suite)]


def definitions() -> list[Definition]:
    """Return each label's definition, language by language."""
    return [
        Definition(
            label=Label(row["label"]),
            language=Language(row["language"]),
            definition=row["definition"],
            yes=(row["yes_1"], row["yes_2"]),
            no=(row["no_1"], row["no_2"]),
        )
        for row in _rows(DEFINITIONS_FILE)
    ]


def digest() -> str:
    """Return ``sha256:…`` over the names and bytes of all suites and the definitions."""
    total = hashlib.sha256()
    for path in (*(HERE / f"{suite}.csv" for suite in sorted(Suite)), DEFINITIONS_FILE):
        content = path.read_bytes()
        total.update(f"{path.name} {len(content)}\n".encode())
        total.update(content)
    return f"sha256:{total.hexdigest()}"


def _case(suite: Suite, row: Mapping[str, str]) -> Case:
    stance = row.get("stance")
    return Case(
        id=row["id"],
        suite=suite,
        text=row["text"],
        language=Language(row["language"]),
        script=Script(row["script"]),
        expected=Expected(row["expected"]),
        labels=frozenset(Label(label) for label in row["labels"].split(";") if label),
        functionality=row["functionality"],
        note=row["note"],
        template=row["template"],
        group=row.get("group"),
        stance=Stance(stance) if stance else None,
        plain=row.get("plain"),
        technique=row.get("technique"),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
