"""Stand-ins for the outside: a classifier that reads words, and nothing else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ml.labels import Label, Language
from ml.lack import Lack

WORDS: Mapping[str, Mapping[Label, float]] = {
    "idiot": {Label.TOXICITY: 0.9, Label.INSULT: 0.9},
    "scum": {Label.TOXICITY: 0.999, Label.INSULT: 0.999, Label.SEVERE_TOXICITY: 0.99},
    "doubtful": {Label.TOXICITY: 0.5},
    "casino": {Label.SPAM: 0.95},
}
# At first sight it is taken for an insult, which a closer look denies.
UNCLEAR = "thick"


@dataclass(frozen=True, slots=True)
class FakePrediction:
    scores: Mapping[Label, float]
    language: Language = Language.ENGLISH
    language_probability: float = 0.99
    by_second_tier: bool = False
    is_unclear: bool = False


@dataclass(slots=True)
class FakePredictor:
    """Scores a text by the worst word in it; keeps what it was asked."""

    version: str = "sha256:" + "0" * 64
    asked: list[str] = field(default_factory=list)
    lack: Lack | None = None

    def predict(
        self,
        texts: Sequence[str],
        *,
        hints: Sequence[Language | None] | None = None,  # noqa: ARG002 - the real one's signature
    ) -> list[FakePrediction]:
        self.asked.extend(texts)
        return [FakePrediction(_scores(text), by_second_tier=UNCLEAR in text) for text in texts]

    def predict_at_first_sight(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        return [
            replace(
                each,
                scores={**each.scores, Label.INSULT: 0.6},
                by_second_tier=False,
                is_unclear=True,
            )
            if UNCLEAR in text
            else each
            for text, each in zip(texts, self.predict(texts, hints=hints), strict=True)
        ]

    def sentences(self, text: str) -> list[tuple[int, int]]:
        return [each.span() for each in re.finditer(r"[^.!?]+[.!?]*", text)]


class Saying(FakePredictor):
    """Says the same of every text, at first sight and closer, so that a score tells whose it is."""

    toxicity = 0.0

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        found = super().predict(texts, hints=hints)
        return [replace(each, scores={Label.TOXICITY: self.toxicity}) for each in found]


class Nearsighted(FakePredictor):
    """Sees at first sight, and fails whenever it looks closer."""

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        raise ValueError(f"{len(texts)} texts and {hints} hints are too close")

    def predict_at_first_sight(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        return FakePredictor().predict_at_first_sight(texts, hints=hints)


def _scores(text: str) -> dict[Label, float]:
    scores = dict.fromkeys(Label, 0.01)
    for word, found in WORDS.items():
        if word in text.lower():
            scores |= {label: max(scores[label], value) for label, value in found.items()}
    return scores
