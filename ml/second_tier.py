"""The second tier: the first tier's logits and a sentence encoder's vector, judged together.

They are stacked in one logistic regression per label, calibrated per language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

from ml import calibration
from ml.calibration import Calibration
from ml.classifier import held_out, mixture
from ml.encoder import Vectors
from ml.labels import Label
from ml.language import LANGUAGES
from ml.referral import Rule

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Beyond, a logit of the first tier says no more than "surely".
_LOGIT_MAX = 8.0
_CALIBRATION_SHARE = 0.3
_EXAMPLES_MIN = 20
_UNCLEAR = Rule.between(0.02, 0.98)


@dataclass(frozen=True, slots=True)
class Referred:
    """What the second tier judges by."""

    logits: FloatArray  # (n, labels), of the first tier, calibrated
    vectors: Vectors  # (n, dimension), of the encoder, its own judgements first
    languages: FloatArray  # (n, len(Language))

    def __len__(self) -> int:
        return len(self.logits)

    def at(self, rows: BoolArray) -> "Referred":
        """Return these rows alone."""
        return Referred(self.logits[rows], self.vectors[rows], self.languages[rows])

    def stacked(self) -> FloatArray:
        """Return the columns of the regression: logits, vector, languages."""
        logits = np.clip(self.logits, -_LOGIT_MAX, _LOGIT_MAX)
        return np.hstack([logits, self.vectors.astype(np.float64), self.languages])


class SecondTier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped bases
    """Calibrated probabilities from the first tier's logits and the encoder's vector.

    A label with too few known examples keeps the first tier's judgement. ``leanings_``, shape (3,
    languages, labels), says how far the sum over all columns counts, how far the first tier's logit
    of the label beside it, and a shift: in a language where decisions have taught the first tier
    more than the second one knows, more of the first.

    Args:
        labels: the columns.
        encoder_name: of the encoder whose vectors it is trained on.
        rule: which texts are referred to it.
        penalty: strength of the L2 penalty.
        judgements: so many first columns of a vector are logits of the encoder itself; they count
            in full.
        trust: how far the vector's other columns count beside the logits. With a few thousand
            texts, a vector that counts in full unlearns what the n-grams know of Russian and
            Kazakh.
        seed: decides which rows calibrate.
    """

    def __init__(
        self,
        *,
        labels: tuple[Label, ...] = tuple(Label),
        encoder_name: str = "",
        rule: Rule = _UNCLEAR,
        penalty: float = 10.0,
        judgements: int = 0,
        trust: float = 0.05,
        seed: int = 0,
    ) -> None:
        self.labels = labels
        self.encoder_name = encoder_name
        self.rule = rule
        self.penalty = penalty
        self.judgements = judgements
        self.trust = trust
        self.seed = seed

    def fit(
        self,
        referred: Referred,
        targets: FloatArray,
        *,
        sample_weight: FloatArray | None = None,
        groups: Sequence[object] | None = None,
    ) -> Self:
        """Train on texts that the first tier has not learned from; NaN targets teach nothing."""
        weight = np.ones(len(referred)) if sample_weight is None else np.asarray(sample_weight)
        table = referred.stacked()
        centre, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
        spread[len(self.labels) + self.judgements : -len(LANGUAGES)] /= self.trust
        judging = held_out(len(referred), groups, _CALIBRATION_SHARE, self.seed)
        self.weights_ = np.zeros((table.shape[1], len(self.labels)))
        self.intercepts_ = np.zeros(len(self.labels))
        found = []
        for column in range(len(self.labels)):
            known = ~np.isnan(targets[:, column])
            says = targets[:, column] > 0.5  # noqa: PLR2004 - more yes than no
            teaching = known & ~judging
            if min(says[teaching].sum(), (~says[teaching]).sum()) < _EXAMPLES_MIN:
                self.weights_[column, column] = 1.0
                found.append(Calibration.identity())
                continue
            line = self._line((table[teaching] - centre) / spread, says[teaching], weight[teaching])
            self.weights_[:, column] = line[:-1] / spread
            self.intercepts_[column] = line[-1] - centre @ self.weights_[:, column]
            rest = known & judging
            logits = table[rest] @ self.weights_[:, column] + self.intercepts_[column]
            found.append(
                calibration.fit(
                    logits, targets[rest, column], weight[rest], referred.languages[rest]
                )
            )
        self.slopes_ = np.stack([c.slopes for c in found], axis=1)
        self.offsets_ = np.stack([c.offsets for c in found], axis=1)
        self.leanings_ = even_leanings(len(self.labels))
        self.classes_ = np.array(self.labels)
        return self

    def _line(self, table: FloatArray, says: BoolArray, weight: FloatArray) -> FloatArray:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - judging needs none

        model = LogisticRegression(C=1 / self.penalty, max_iter=300)
        model.fit(table, says, weight)
        return np.append(model.coef_[0], model.intercept_[0])

    def raw_logits(self, referred: Referred) -> FloatArray:
        """Return the logits before calibration, shape (n, labels)."""
        # A sum by rows: a matrix product may round otherwise for one row than for many.
        table = referred.stacked()
        plain = np.stack([(row[:, None] * self.weights_).sum(axis=0) for row in table])
        plain += self.intercepts_
        first = table[:, : len(self.labels)]
        own, others, shift = mixture(referred.languages, self.leanings_)
        return np.asarray(own * plain + others * first + shift, np.float64)

    def decision_function(self, referred: Referred) -> FloatArray:
        """Return the calibrated logits, shape (n, labels)."""
        slopes, offsets = mixture(referred.languages, np.stack([self.slopes_, self.offsets_]))
        return np.asarray(self.raw_logits(referred) * slopes + offsets, np.float64)

    def predict_proba(self, referred: Referred) -> FloatArray:
        """Return the calibrated probabilities, shape (n, labels)."""
        return np.asarray(expit(self.decision_function(referred)), np.float64)

    def predict(self, referred: Referred) -> npt.NDArray[np.int64]:
        """Return which labels are more likely than not, shape (n, labels)."""
        return (self.decision_function(referred) > 0).astype(np.int64)


def even_leanings(labels: int) -> FloatArray:
    """Return leanings that lean nowhere, shape (3, languages, labels)."""
    leanings = np.zeros((3, len(LANGUAGES), labels))
    leanings[0] = 1.0
    return leanings
