"""The suites of our own writing in ``ml/suites``: texts with an expected outcome, to judge by."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from ml.labels import Label, Language


@dataclass(frozen=True, slots=True)
class Case:
    """One text of a suite, whether it is abusive, and what it tests."""

    id: str
    text: str
    language: Language
    script: str
    abusive: bool
    labels: frozenset[Label]
    functionality: str
    group: str


def suites_present() -> list[str]:
    """Name the suites whose file is in the package, in order of the alphabet."""
    return sorted(
        entry.name.removesuffix(".csv")
        for entry in files("ml").joinpath("suites").iterdir()
        if entry.name.endswith(".csv")
    )


def read_suite(name: str) -> Sequence[Case]:
    """Read one suite.

    Raises:
        FileNotFoundError: there is none of that name.
    """
    content = files("ml").joinpath(f"suites/{name}.csv").read_text(encoding="utf-8")
    return [_case(row) for row in csv.DictReader(content.splitlines(keepends=True))]


def suite_digest(name: str) -> str:
    """Return the digest that the card shows, so that a later edit of the suite is noticed."""
    content = files("ml").joinpath(f"suites/{name}.csv").read_bytes()
    return f"sha256:{sha256(content).hexdigest()}"


def _case(row: dict[str, str]) -> Case:
    return Case(
        id=row["id"],
        text=row["text"],
        language=Language(row["language"]),
        script=row.get("script", ""),
        abusive=row["expected"] == "abusive",
        labels=frozenset(Label(name) for name in row["labels"].split(";") if name),
        functionality=row["functionality"],
        group=row.get("group") or "",
    )
