"""Scores of the shipped model on texts it never saw, with what is known of each: no texts.

A site that has too few decisions of its own solves its operating points on these. The texts are
those of the public corpora's test side, so a promise kept here is a promise about such texts, not
yet about the site's readers. Standard library only: the service reads it where it decides.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

from ml.labels import Label, Language

FORMAT = 1
FILE = "labelled_scores.json"
# Scores are stored as whole numbers of hundred-thousandths.
_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores and truths of one label in one language, place by place."""

    scores: tuple[float, ...] = ()
    truths: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        if len(self.scores) != len(self.truths):
            raise ValueError("there must be one truth for each score")

    def __len__(self) -> int:
        return len(self.scores)

    def __add__(self, other: "Scored") -> "Scored":
        return Scored(self.scores + other.scores, self.truths + other.truths)


@dataclass(frozen=True, slots=True)
class LabelledScores:
    """What one model version, and no other, says of labelled texts."""

    version: str
    by_label: Mapping[Label, Mapping[Language, Scored]]

    def of(self, label: Label, languages: Sequence[Language] | None = None) -> Scored:
        """Return one label's scores in some languages, by default in all that it was judged in."""
        found = self.by_label.get(label, {})
        wanted = found if languages is None else [one for one in languages if one in found]
        return sum((found[one] for one in wanted), Scored())

    def __iter__(self) -> Iterator[tuple[Label, Language, Scored]]:
        for label, by_language in self.by_label.items():
            for language, scored in by_language.items():
                yield label, language, scored

    def to_json(self) -> str:
        """Return the file's text, the same for the same scores."""
        rows = {
            f"{label}/{language}": {
                "scores": [round(score * _STEPS) for score in scored.scores],
                "truths": "".join("1" if truth else "0" for truth in scored.truths),
            }
            for label, language, scored in self
        }
        content = {"format": FORMAT, "version": self.version, "rows": rows}
        return json.dumps(content, sort_keys=True, separators=(",", ":")) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            ValueError: another format, or a label or language that is unknown here.
        """
        content = json.loads(text)
        if content.get("format") != FORMAT:
            raise ValueError(f"labelled scores of format {content.get('format')}, not {FORMAT}")
        by_label: dict[Label, dict[Language, Scored]] = {}
        for key, row in content["rows"].items():
            label, language = key.split("/")
            by_label.setdefault(Label(label), {})[Language(language)] = Scored(
                tuple(score / _STEPS for score in row["scores"]),
                tuple(truth == "1" for truth in row["truths"]),
            )
        return cls(content["version"], by_label)


def bundled() -> LabelledScores | None:
    """Return the scores of the model that ships; None where they do not belong to it any more.

    Compare ``version`` with the live model's digest before use: scores of another version mean
    nothing.
    """
    found = files("ml").joinpath("models", FILE)
    return LabelledScores.from_json(found.read_text("utf-8")) if found.is_file() else None


def write(scores: LabelledScores, folder: Path) -> Path:
    """Write the file beside its model and return its path."""
    path = folder / FILE
    path.write_text(scores.to_json(), encoding="utf-8")
    return path
