"""What every reader of a corpus shares: a text with labels that may be unknown.

A label that a corpus says nothing about is absent, not zero. One inference is made: a text that is
not toxic neither insults, threatens nor attacks an identity. Edited or reviewed clean text has no
label at all.
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from ml.labels import Label, Language

csv.field_size_limit(sys.maxsize)

TOXIC: Mapping[Label, float] = {Label.TOXICITY: 1.0}
CALM: Mapping[Label, float] = {
    Label.TOXICITY: 0.0,
    Label.SEVERE_TOXICITY: 0.0,
    Label.INSULT: 0.0,
    Label.THREAT: 0.0,
    Label.IDENTITY_ATTACK: 0.0,
}
CLEAN: Mapping[Label, float] = dict.fromkeys(Label, 0.0)
NOT_SPAM: Mapping[Label, float] = {Label.SPAM: 0.0}


@dataclass(frozen=True, slots=True)
class Example:
    """One text as its corpus has it, with what is known of its labels.

    Texts of one ``group`` (a pair of abuse and rewrite, a minimal pair) stay on one side of a
    split; an empty group means that the text stands alone. ``language`` overrides the corpus's
    own.
    """

    text: str
    labels: Mapping[Label, float]
    group: str = ""
    language: Language | None = None
    weight: float = 1.0


def rows(path: Path, *, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        for row in csv.DictReader(opened, delimiter=delimiter):
            yield {key: value or "" for key, value in row.items() if isinstance(key, str)}


def lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as opened:
        yield from (line.strip() for line in opened if line.strip())


def sampled(text: str, share: float) -> bool:
    """Tell, always in the same way, whether a text is among the ``share`` that is kept."""
    return int.from_bytes(sha1(text.encode(), usedforsecurity=False).digest()[-4:]) < share * 2**32


def binary(*, toxic: bool) -> Mapping[Label, float]:
    return TOXIC if toxic else CALM


def settle(labels: dict[Label, float], label: Label, share: float, *, no: float = 0.2) -> None:
    """Write down what raters agree on: yes from one half up, no up to ``no``, else nothing."""
    if share >= 0.5:  # noqa: PLR2004 - half of the raters
        labels[label] = 1.0
    elif share <= no:
        labels[label] = 0.0


def pairs(path: Path, toxic: str, neutral: str, start: str) -> Iterator[Example]:
    for number, row in enumerate(rows(path, delimiter="\t")):
        group = f"{start}-{number}"
        yield Example(row[toxic], TOXIC, group)
        for column, text in row.items():
            if column.startswith(neutral) and text.strip():
                yield Example(text, CALM, group)
