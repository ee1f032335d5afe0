"""OpenAI's thirteen categories from our labels. Pure.

A category whose labels are not scored, by our models or in the text's language, was not evaluated:
its list of applied input types is empty, and nobody can take its zero for a judgement.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from ml.labels import Label

# Calibrated: of a hundred texts with this probability, fifty are so.
FLAGGED_FROM: Final = 0.5
_DIGITS: Final = 7
Scores = Mapping[Label, float]


class Source(NamedTuple):
    """Which labels a category needs, and how their probabilities make its own."""

    labels: tuple[Label, ...]
    combine: Callable[[Sequence[float]], float] = max


_NOT_OURS: Final = Source(())
CATEGORIES: Final[Mapping[str, Source]] = {
    "harassment": Source((Label.INSULT, Label.TOXICITY)),
    "harassment/threatening": Source((Label.TOXICITY, Label.THREAT), min),
    "hate": Source((Label.IDENTITY_ATTACK,)),
    "hate/threatening": Source((Label.IDENTITY_ATTACK, Label.THREAT), min),
    "illicit": _NOT_OURS,
    "illicit/violent": _NOT_OURS,
    "self-harm": _NOT_OURS,
    "self-harm/intent": _NOT_OURS,
    "self-harm/instructions": _NOT_OURS,
    "sexual": Source((Label.SEXUAL,)),
    "sexual/minors": _NOT_OURS,
    "violence": Source((Label.THREAT,)),
    "violence/graphic": _NOT_OURS,
}
LEGACY: Final = tuple(name for name in CATEGORIES if not name.startswith("illicit"))


def result(scores: Scores, *, is_legacy: bool = False) -> dict[str, object]:
    """Return one result: every category in every map; older models knew no input types."""
    names = LEGACY if is_legacy else tuple(CATEGORIES)
    values = {name: _value(CATEGORIES[name], scores) for name in names}
    flags = {name: (value or 0.0) >= FLAGGED_FROM for name, value in values.items()}
    found: dict[str, object] = {
        "flagged": any(flags.values()),
        "categories": flags,
        "category_scores": {name: value or 0.0 for name, value in values.items()},
    }
    if not is_legacy:
        found["category_applied_input_types"] = {
            name: [] if value is None else ["text"] for name, value in values.items()
        }
    return found


def _value(source: Source, scores: Scores) -> float | None:
    if not source.labels or not all(label in scores for label in source.labels):
        return None
    return round(source.combine([scores[label] for label in source.labels]), _DIGITS)
