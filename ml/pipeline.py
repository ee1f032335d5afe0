"""The model: one scikit-learn pipeline, from texts to calibrated probabilities of every label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.pipeline import Pipeline

from ml.classifier import Averaged, LabelClassifier
from ml.features import Grams, Normaliser
from ml.labels import Label, Language
from ml.language import LanguageModel
from ml.listed import Listed

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Params:
    """Every hyper-parameter of the model.

    Attributes:
        hash_bits: a table of weights has 2 ** hash_bits rows.
        shortest: the fewest characters of a character n-gram; pairs were measured too: a third
            more to look up, and no better on any set.
        longest: the most characters of one.
        own_tables: the languages whose texts are judged by weights learned from them alone; what
            insults in one says little in another. The others share a table that all texts teach.
        penalty: strength of the L2 penalty (the C of scikit-learn is its inverse).
        rarity: power of the inverse document frequency that scales a column before the penalty.
        contrast: power of the classes' log ratio that scales it too (see ``ml.weighting``).
        calibration_share: part of the rows that only the calibration sees.
        iterations_max: of the solver, for each label.
        examples_min: a label with fewer known positives or negatives is not learned.
        seed: decides which rows calibrate.
    """

    hash_bits: int = 19
    shortest: int = 3
    longest: int = 5
    own_tables: tuple[Language, ...] = ()
    penalty: float = 1.0
    rarity: float = 1.5
    contrast: float = 0.5
    calibration_share: float = 0.12
    iterations_max: int = 60
    examples_min: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if not 10 <= self.hash_bits <= 22:  # noqa: PLR2004 - 4 KB to 128 MB in memory
            raise ValueError(f"hash_bits must be between 10 and 22, not {self.hash_bits}.")
        if not 2 <= self.shortest <= self.longest:  # noqa: PLR2004 - a letter alone is no n-gram
            raise ValueError(f"2 <= shortest <= longest, not {self.shortest} and {self.longest}.")
        if len(set(self.own_tables) - {Language.OTHER}) < len(self.own_tables):
            raise ValueError("own_tables must name languages of ours, each once.")
        if not 0 < self.calibration_share < 1:
            raise ValueError("calibration_share must lie between 0 and 1.")


class ModerationPipeline(Pipeline):  # type: ignore[misc]  # scikit-learn has no types
    """normalise → features → calibrated classifier; fits on what is known of each label."""

    def fit(
        self,
        texts: Sequence[str],
        targets: FloatArray,
        *,
        sample_weight: FloatArray | None = None,
        languages: Sequence[Language] | None = None,
        groups: Sequence[object] | None = None,
        averaged: Averaged | None = None,
    ) -> Self:
        """Train on texts whose labels may be partly unknown.

        Args:
            texts: n texts as written.
            targets: shape (n, len(Label)), from 0 to 1; NaN where nobody knows.
            sample_weight: shape (n,), how much each row counts; all alike by default.
            languages: the known language of each text; detected where not given.
            groups: rows of one group (versions of a text) calibrate together or not at all.
            averaged: which lines are the mean of two; none by default.

        Raises:
            ValueError: shapes disagree, or no label has enough known examples.
        """
        super().fit(
            texts,
            targets,
            labels__sample_weight=sample_weight,
            labels__languages=languages,
            labels__groups=groups,
            labels__averaged=averaged,
        )
        return self

    @property
    def steps_in_order(self) -> tuple[Normaliser, Grams, LabelClassifier]:
        normaliser, grams, classifier = (step for _, step in self.steps)
        return normaliser, grams, classifier

    @property
    def classifier(self) -> LabelClassifier:
        return self.steps_in_order[2]

    @property
    def grams(self) -> Grams:
        return self.steps_in_order[1]


def build(
    params: Params | None = None,
    *,
    language_model: LanguageModel | None = None,
    listed: Listed | None = None,
) -> ModerationPipeline:
    """Return the unfitted model; the language model is the bundled one by default, no lists."""
    params = params or Params()
    return ModerationPipeline(
        [
            ("normalise", Normaliser()),
            (
                "grams",
                Grams(
                    hash_bits=params.hash_bits,
                    shortest=params.shortest,
                    longest=params.longest,
                    own_tables=params.own_tables,
                    language_model=language_model or LanguageModel.bundled(),
                    listed=listed,
                ),
            ),
            (
                "labels",
                LabelClassifier(
                    labels=tuple(Label),
                    penalty=params.penalty,
                    rarity=params.rarity,
                    contrast=params.contrast,
                    calibration_share=params.calibration_share,
                    iterations_max=params.iterations_max,
                    examples_min=params.examples_min,
                    seed=params.seed,
                ),
            ),
        ]
    )
