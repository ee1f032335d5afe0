"""The only way from a text to probabilities: what the service and the worker use."""

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from ml import artifact
from ml.artifact import Artifact, ModelInfo
from ml.encoder import Encoder, looked_up
from ml.explain import Explanation, by_occlusion, explain, sentences
from ml.features import Features
from ml.labels import Label, Language
from ml.lack import Lack, Reason
from ml.language import guesses
from ml.second_tier import Referred

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


_WARM_UP = ("Warming up.", "Бастау.")
# Texts that the first tier reads in one go: more would push each other out of the cache.
_AT_ONCE = 256


class Prediction(NamedTuple):
    """What the classifier thinks of one text; only labels that it knows in the text's language."""

    scores: Mapping[Label, float]
    language: Language
    language_probability: float
    by_second_tier: bool = False
    is_unclear: bool = False  # the second tier is to judge, and has not


class _Sight(NamedTuple):
    """What the first tier sees in n texts."""

    logits: FloatArray  # (n, labels)
    languages: FloatArray  # (n, languages)
    sizes: IntArray  # (n,) how many n-grams

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        return cls(*(np.concatenate(each) for each in zip(*parts, strict=True)))


class Predictor:
    """A loaded model: texts → predictions, the same alone or in a batch.

    With an encoder, and a model that was trained with it, texts that the rule in the artifact
    refers are judged by the second tier; without, the first tier judges all. ``load`` and
    ``bundled`` take the installed encoder unless another is given or the first tier is wanted
    ``alone``. Where the second tier is wanted and cannot judge, ``lack`` says why.
    """

    def __init__(
        self, loaded: Artifact, *, encoder: Encoder | None = None, lack: Lack | None = None
    ) -> None:
        self.version = loaded.digest
        self.info: ModelInfo = loaded.info
        self.model = loaded.model
        self._second = loaded.second
        # Vectors of another encoder than the model was trained with would mean nothing to it.
        trained_with = None if loaded.second is None else loaded.second.encoder_name
        self._encoder = encoder if encoder is not None and encoder.name == trained_with else None
        self.lack = lack or _mismatch(trained_with, encoder)
        # Looked up once: a pipeline builds its table of steps anew at every access.
        self._normaliser, self._grams, self._classifier = loaded.model.steps_in_order
        labels = loaded.model.classifier.labels
        self._scored = {
            language: [(i, la) for i, la in enumerate(labels) if self.info.supports(la, language)]
            for language in Language
        }

    @classmethod
    def load(
        cls,
        source: Path | bytes,
        *,
        expected: str | None = None,
        encoder: Encoder | None = None,
        alone: bool = False,
    ) -> Self:
        """Return the predictor of an artifact.

        Raises:
            ArtifactError: the artifact is refused.
        """
        loaded = artifact.load(source, expected=expected)
        if encoder is not None or loaded.second is None or alone:
            return cls(loaded, encoder=encoder)
        found = looked_up()
        return cls(loaded, lack=found) if isinstance(found, Lack) else cls(loaded, encoder=found)

    @classmethod
    def bundled(cls, *, encoder: Encoder | None = None, alone: bool = False) -> Self:
        """Return the predictor that ships with the package."""
        content = files("ml").joinpath("models", "parley.model").read_bytes()
        return cls.load(content, encoder=encoder, alone=alone)

    @property
    def has_second_tier(self) -> bool:
        """Whether unclear texts are judged once more: the model and the encoder allow it."""
        return self._encoder is not None and self._second is not None

    def warm_up(self) -> None:
        """Have each tier look at a text, so that the first one that counts is as quick as the next.

        Whether the first tier would refer these texts does not matter.
        """
        self.predict(_WARM_UP)
        if self._encoder is not None:
            self._encoder.encode(_WARM_UP)

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
        return self._predict(texts, hints, is_whole=True)

    def predict_at_first_sight(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[Prediction]:
        """Return the first tier's prediction of each text, a hundred times as fast.

        ``predict`` says the same of those that are not ``is_unclear``.
        """
        return self._predict(texts, hints, is_whole=False)

    def _predict(
        self,
        texts: Sequence[str],
        hints: Sequence[Language | None] | None,
        *,
        is_whole: bool,
    ) -> list[Prediction]:
        if not texts:
            return []
        sight = self._sight(texts, hints)
        probabilities = expit(sight.logits)
        referred = self._referred(probabilities, sight)
        if is_whole and len(referred):
            probabilities[referred] = expit(self._second_logits(texts, sight, referred))
        again = set(referred.tolist())
        return [
            Prediction(
                {label: row[i] for i, label in self._scored[language]},
                language,
                sure,
                by_second_tier=is_whole and at in again,
                is_unclear=not is_whole and at in again,
            )
            for at, (row, (language, sure)) in enumerate(
                zip(probabilities.tolist(), guesses(sight.languages), strict=True)
            )
        ]

    def _sight(self, texts: Sequence[str], hints: Sequence[Language | None] | None) -> _Sight:
        if len(texts) <= _AT_ONCE:
            return self._seen(self.features(texts, hints=hints))
        parts = [slice(first, first + _AT_ONCE) for first in range(0, len(texts), _AT_ONCE)]
        return _Sight.joined([self._sight(texts[part], hints and hints[part]) for part in parts])

    def _seen(self, features: Features) -> _Sight:
        logits = self._classifier.decision_function(features)
        return _Sight(logits, features.languages, features.sizes)

    def _referred(self, probabilities: FloatArray, sight: _Sight) -> IntArray:
        """Return the numbers of the rows that the second tier judges; none without an encoder."""
        if self._encoder is None or self._second is None:
            return np.zeros(0, np.int64)
        rule = self._second.rule
        return np.flatnonzero(rule.refers(probabilities, sight.languages, sight.sizes))

    def _second_logits(self, texts: Sequence[str], sight: _Sight, rows: IntArray) -> FloatArray:
        """Return the second tier's logits of the given rows."""
        assert self._encoder is not None  # noqa: S101 - nothing is referred without one
        assert self._second is not None  # noqa: S101 - nor without a second tier
        vectors = self._encoder.encode([texts[i] for i in rows])
        return self._second.decision_function(
            Referred(sight.logits[rows], vectors, sight.languages[rows])
        )

    def sentences(self, text: str) -> list[tuple[int, int]]:
        """Return where the sentences of the text begin and end; blank ones are left out."""
        return sentences(text)

    def features(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> Features:
        """Return what the classifier judges the texts by."""
        return self._grams.transform(self._normaliser.transform(texts), hints=hints)

    def explain(self, text: str, *, top: int = 5, hint: Language | None = None) -> Explanation:
        """Return which pieces of the text carried which score.

        Exactly where the first tier judges; where the second does, by leaving pieces out in turn,
        and ``Explanation.method`` says so.
        """
        exact = explain(self.model, text, supports=self.info.supports, top=top, hint=hint)
        if not self.has_second_tier:
            return exact
        sight = self._sight([text], [hint])
        if not len(self._referred(expit(sight.logits), sight)):
            return exact
        judge = partial(self._judge, hint=hint)
        return by_occlusion(text, judge, exact, labels=self._classifier.labels, top=top)

    def _judge(self, texts: Sequence[str], *, hint: Language | None) -> FloatArray:
        """Return the second tier's logits of a text and of its parts, in the whole's language.

        A part may be taken for another language than the whole; what it adds would then be the
        difference of two languages' weights.
        """
        batch = self._normaliser.transform(texts)
        whole = self._grams.languages_by.probabilities(batch.clean.span(0, 1), hints=[hint])
        features = self._grams.features_of(
            batch,
            self._grams.entries(batch),
            hints=[hint] * len(texts),
            languages=whole.repeat(len(texts), axis=0),
        )
        return self._second_logits(texts, self._seen(features), np.arange(len(texts)))


def _mismatch(trained_with: str | None, encoder: Encoder | None) -> Lack | None:
    if trained_with is None or encoder is None or encoder.name == trained_with:
        return None
    return Lack(
        Reason.ANOTHER_VERSION,
        f"The model was trained with the encoder {trained_with}; {encoder.name} is here.",
    )
