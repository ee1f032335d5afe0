"""The only way from a text to probabilities: what the service and the worker use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

from ml import artifact
from ml.artifact import Artifact, ModelInfo
from ml.explain import Explanation, explain, sentences
from ml.features import Features
from ml.labels import Label, Language
from ml.language import guesses


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the classifier thinks of one text; only labels that it knows in the text's language."""

    scores: Mapping[Label, float]
    language: Language
    language_probability: float


@dataclass(frozen=True, slots=True)
class SentencePrediction:
    """What the classifier thinks of one sentence of a text, and where it stands there."""

    start: int
    end: int
    prediction: Prediction


class Predictor:
    """A loaded model: texts → predictions, the same alone or in a batch."""

    def __init__(self, loaded: Artifact) -> None:
        self.version = loaded.digest
        self.info: ModelInfo = loaded.info
        self.model = loaded.model
        # Looked up once: a pipeline builds its table of steps anew at every access.
        self._normaliser, self._grams, self._classifier = loaded.model.steps_in_order
        labels = loaded.model.classifier.labels
        self._scored = {
            language: [(i, la) for i, la in enumerate(labels) if self.info.supports(la, language)]
            for language in Language
        }

    @classmethod
    def load(cls, source: Path | bytes, *, expected: str | None = None) -> Self:
        """Return the predictor of an artifact.

        Raises:
            ArtifactError: the artifact is refused.
        """
        return cls(artifact.load(source, expected=expected))

    @classmethod
    def bundled(cls) -> Self:
        """Return the predictor that ships with the package."""
        return cls.load(files("ml").joinpath("models", "parley.model").read_bytes())

    def supports(self, label: Label, language: Language) -> bool:
        return self.info.supports(label, language)

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[Prediction]:
        """Return one prediction per text.

        Args:
            texts: as written, of any length.
            hints: what the sender says of each text's language; a long text outweighs it.
        """
        if not texts:
            return []
        features = self.features(texts, hints=hints)
        probabilities = self._classifier.predict_proba(features).tolist()
        return [
            Prediction(
                {label: row[i] for i, label in self._scored[guess.language]},
                guess.language,
                guess.probability,
            )
            for row, guess in zip(probabilities, guesses(features.languages), strict=True)
        ]

    def predict_sentences(
        self, text: str, *, hint: Language | None = None
    ) -> list[SentencePrediction]:
        """Return a prediction for each sentence of the text, as if it stood alone."""
        spans = sentences(text)
        predictions = self.predict([text[a:b] for a, b in spans], hints=[hint] * len(spans))
        return [
            SentencePrediction(start, end, prediction)
            for (start, end), prediction in zip(spans, predictions, strict=True)
        ]

    def features(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> Features:
        """Return what the classifier judges the texts by."""
        return self._grams.transform(self._normaliser.transform(texts), hints=hints)

    def explain(self, text: str, *, top: int = 5) -> Explanation:
        """Return which pieces of the text carried which score, exactly."""
        return explain(self.model, text, supports=self.info.supports, top=top)
