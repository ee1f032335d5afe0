"""The second tier: what the n-grams leave unclear is judged once more, by n-grams and meaning.

The first tier's logits and a sentence encoder's vector are stacked in one logistic regression per
label, calibrated per language. A rule, kept in the artifact, says which texts are referred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin

from ml import calibration
from ml.calibration import Calibration
from ml.classifier import held_out, mixture, one_hot
from ml.encoder import Encoder, Vectors
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.pipeline import ModerationPipeline

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Beyond, a logit of the first tier says no more than "surely".
_LOGIT_MAX = 8.0
_CALIBRATION_SHARE = 0.3
_EXAMPLES_MIN = 20
# So many n-grams are in a comment of some 150 characters.
USUAL_SIZE = 300


@dataclass(frozen=True, slots=True)
class Rule:
    """A text is referred if its highest score lies within; below it is clear, above it is clear.

    The lower bound is the language's own, since scores of calm texts lie higher where comments
    are harder; a text in several languages has the mixture's. It falls with a text's length, since
    one abusive sentence among many moves the score less: of twice as many n-grams, the odds from
    which a text is referred are ``2 ** -length`` times as high.

    Attributes:
        lows: by language, of a text of ``USUAL_SIZE`` n-grams.
        high: from here on a text is surely abusive.
        length: how fast the lower bound falls; 0 for the same bound at any length.
    """

    lows: tuple[float, ...]
    high: float
    length: float = 0.0

    def __post_init__(self) -> None:
        if len(self.lows) != len(LANGUAGES):
            raise ValueError(f"A rule needs {len(LANGUAGES)} lower bounds, not {len(self.lows)}.")
        if not all(0 <= low < self.high <= 1 for low in self.lows):
            raise ValueError(f"A rule needs 0 <= low < high <= 1, not {self.lows} and {self.high}.")
        if self.length < 0:
            raise ValueError(f"A rule's length must not be negative, not {self.length}.")

    @classmethod
    def between(cls, low: float, high: float) -> "Rule":
        """Return the rule with one lower bound for every language, at any length."""
        return cls((low,) * len(LANGUAGES), high)

    def refers(
        self, probabilities: FloatArray, shares: FloatArray, sizes: npt.NDArray[np.int64]
    ) -> BoolArray:
        """Return which rows go to the second tier.

        Args:
            probabilities: shape (n, labels).
            shares: shape (n, len(Language)), how far each text is in each language.
            sizes: shape (n,), how many n-grams each text has.
        """
        lows = (shares * np.array(self.lows)).sum(axis=1)
        reached = at_usual_size(probabilities, sizes, self.length) >= lows
        return np.asarray(reached & (probabilities.max(axis=1) <= self.high))


def at_usual_size(
    probabilities: FloatArray, sizes: npt.NDArray[np.int64], length: float
) -> FloatArray:
    """Return the highest score of each row, shape (n,), as a rule's lower bounds ask for it."""
    highest = probabilities.max(axis=1)
    if not length:
        return np.asarray(highest, np.float64)
    longer = np.log(np.maximum(sizes, 1) / USUAL_SIZE)
    return np.asarray(expit(logit(highest) + length * longer), np.float64)


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


_UNCLEAR = Rule.between(0.02, 0.98)


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


def fit(
    model: ModerationPipeline,
    texts: Sequence[str],
    targets: FloatArray,
    *,
    encoder: Encoder,
    sample_weight: FloatArray | None = None,
    languages: Sequence[Language] | None = None,
    groups: Sequence[object] | None = None,
    ordinary: BoolArray | None = None,
    calm_referred: float | Mapping[Language, float] = 0.2,
    length: float = 0.0,
    texts_max: int = 6000,
    seed: int = 0,
) -> SecondTier:
    """Train the second tier of a fitted model, and set the rule that refers to it.

    Args:
        model: the fitted first tier; its calibration should be final.
        texts: texts that it has not learned from; the encoder reads ``texts_max`` of them at most.
        targets: shape (n, labels), NaN where nobody knows.
        encoder: the one that will be there when the model judges.
        sample_weight: shape (n,).
        languages: the known language of each text; detected where not given.
        groups: rows of one group teach or calibrate together.
        ordinary: shape (n,), the texts that set the rule; by default all.
        calm_referred: the share of ordinary texts without any known harm that the rule refers, or
            the share by language.
        length: how fast the rule's lower bound falls with a text's length.
        texts_max: takes first what the rule refers, then others, drawn by the seed.
        seed: decides draws.
    """
    features = model[:-1].transform(texts)
    logits = model.classifier.decision_function(features)
    probabilities = expit(logits)
    shares = features.languages if languages is None else one_hot(languages)
    usual = np.ones(len(texts), bool) if ordinary is None else ordinary
    rule = rule_for(
        probabilities[usual],
        targets[usual],
        shares[usual],
        features.sizes[usual],
        calm_referred=calm_referred,
        length=length,
    )
    order = np.random.default_rng(seed).permutation(len(texts))
    referred = rule.refers(probabilities, shares, features.sizes)
    order = order[np.argsort(~referred[order], kind="stable")]
    rows = np.sort(order[:texts_max])
    table = Referred(logits[rows], encoder.encode([texts[i] for i in rows]), shares[rows])
    return SecondTier(
        labels=model.classifier.labels,
        encoder_name=encoder.name,
        judgements=encoder.judgements,
        rule=rule,
        seed=seed,
    ).fit(
        table,
        targets[rows],
        sample_weight=None if sample_weight is None else np.asarray(sample_weight)[rows],
        groups=None if groups is None else [groups[i] for i in rows],
    )


def judged(
    model: ModerationPipeline, second: SecondTier, encoder: Encoder, texts: Sequence[str]
) -> FloatArray:
    """Return both tiers' calibrated probabilities of many texts, shape (n, labels)."""
    features = model[:-1].transform(texts)
    logits = model.classifier.decision_function(features)
    probabilities: FloatArray = expit(logits)
    referred_rows = second.rule.refers(probabilities, features.languages, features.sizes)
    rows = np.flatnonzero(referred_rows).tolist()
    if rows:
        vectors = encoder.encode([texts[i] for i in rows])
        referred = Referred(logits[rows], vectors, features.languages[rows])
        probabilities[rows] = second.predict_proba(referred)
    return probabilities


# A language with fewer calm texts has the bound of all languages together.
_CALM_MIN = 100


def rule_for(
    probabilities: FloatArray,
    targets: FloatArray,
    shares: FloatArray,
    sizes: npt.NDArray[np.int64],
    *,
    calm_referred: float | Mapping[Language, float],
    length: float = 0.0,
    high: float = 0.995,
) -> Rule:
    """Return the rule that refers the given share of texts without any known harm.

    Args:
        probabilities: shape (n, labels).
        targets: shape (n, labels), NaN where nobody knows.
        shares: shape (n, len(Language)).
        sizes: shape (n,), how many n-grams each text has.
        calm_referred: one share, or one for each language.
        length: how fast the lower bound falls with a text's length.
        high: from here on a text is surely abusive.

    Raises:
        ValueError: no text is known to be calm.
    """
    known = ~np.isnan(targets)
    calm = known.any(axis=1) & ~(np.where(known, targets, 0) > 0).any(axis=1)
    if not calm.any():
        raise ValueError("No text is known to be calm, so no rule can be set.")
    highest = at_usual_size(probabilities[calm], sizes[calm], length)
    spoken = shares[calm].argmax(axis=1)
    lows = []
    for number, language in enumerate(LANGUAGES):
        own = spoken == number
        scores = highest[own] if own.sum() >= _CALM_MIN else highest
        share = calm_referred if isinstance(calm_referred, float) else calm_referred[language]
        lows.append(min(float(np.quantile(scores, 1 - share)), high / 2))
    return Rule(tuple(lows), high, length)
