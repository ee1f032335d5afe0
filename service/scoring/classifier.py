"""What the service asks of a classifier: the edge between the two packages.

``ml.predict.Predictor`` is the real one; whoever wires a process hands it in, so that the service
never imports scikit-learn.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ml.labels import Label, Language
from ml.lack import Lack


class Prediction(Protocol):
    """What the classifier makes of one text."""

    @property
    def scores(self) -> Mapping[Label, float]:
        """Calibrated probabilities in [0, 1], of the labels supported in the text's language."""

    @property
    def language(self) -> Language: ...

    @property
    def language_probability(self) -> float:
        """How sure the language is, in [0, 1]."""

    @property
    def by_second_tier(self) -> bool:
        """Whether the second tier judged, which reads meaning, and not the first."""

    @property
    def is_unclear(self) -> bool:
        """Whether it is a first sight that a closer look may correct."""


class Classifier(Protocol):
    """Texts in, probabilities out; the same for one text as for many."""

    @property
    def version(self) -> str:
        """The artifact's digest, ``sha256:…``."""

    @property
    def lack(self) -> Lack | None:
        """Why its second tier cannot judge; None where it can, has none or is not wanted."""

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> Sequence[Prediction]:
        """Return one prediction for each text, in order."""

    def predict_at_first_sight(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> Sequence[Prediction]:
        """Return the same where it can be had at once; other predictions are ``is_unclear``."""

    def sentences(self, text: str) -> Sequence[tuple[int, int]]:
        """Return where the sentences of the text begin and end, blank ones left out."""
