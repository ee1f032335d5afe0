"""One logistic regression per label over shared features, calibrated per label and language."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ml import calibration, packed, weighting
from ml.calibration import Calibration
from ml.features import Features
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.packed import Packed

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight line through the features of one label."""

    weights: FloatArray
    intercept: float

    def mixed(self, other: "_Line", share: float) -> "_Line":
        """Return the mean of both, where the other counts ``share``."""
        return _Line(
            (1 - share) * self.weights + share * other.weights,
            (1 - share) * self.intercept + share * other.intercept,
        )


@dataclass(frozen=True, slots=True)
class _Taught:
    """What is said of one label: targets and weights of shape (n,), and which rows teach it."""

    target: FloatArray
    weight: FloatArray
    rows: IntArray

    def by(self, table: csr_array, rows: IntArray) -> tuple[csr_array, FloatArray, FloatArray]:
        return table[rows], self.target[rows], self.weight[rows]


@dataclass(frozen=True, slots=True)
class Averaged:
    """Lines of a language's own table that are the mean of two: by all rows, and by some alone.

    What two mixtures of texts teach is told better by the mean of both lines than by one line that
    is taught both, weighed down: see docs/model/ablations.md.

    Attributes:
        rows: shape (n,), those that the second line learns from.
        shares: shape (languages, labels), from 0 to 1: how far the second counts.

    Source: Wortsman et al. 2022, "Model soups".
    """

    rows: npt.NDArray[np.bool_]
    shares: FloatArray


class LabelClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped bases
    """Calibrated probabilities of every label; rows where a label is unknown do not teach it.

    A soft target t counts as a positive of weight t and a negative of weight 1 − t.
    """

    def __init__(
        self,
        *,
        labels: tuple[Label, ...] = tuple(Label),
        penalty: float = 1.0,
        calibration_share: float = 0.12,
        iterations_max: int = 60,
        examples_min: int = 20,
        rarity: float = 1.5,
        contrast: float = 0.5,
        seed: int = 0,
    ) -> None:
        self.labels = labels
        self.penalty = penalty
        self.calibration_share = calibration_share
        self.iterations_max = iterations_max
        self.examples_min = examples_min
        self.rarity = rarity
        self.contrast = contrast
        self.seed = seed

    def fit(
        self,
        features: Features,
        targets: FloatArray,
        *,
        sample_weight: FloatArray | None = None,
        languages: Sequence[Language] | None = None,
        groups: Sequence[object] | None = None,
        averaged: Averaged | None = None,
    ) -> Self:
        targets = np.asarray(targets, np.float64)
        if targets.shape != (len(features), len(self.labels)):
            raise ValueError(
                f"targets must have shape {(len(features), len(self.labels))}, not {targets.shape}."
            )
        weight = np.ones(len(features)) if sample_weight is None else np.asarray(sample_weight)
        shares = features.languages if languages is None else one_hot(languages)
        kept_back = held_out(len(features), groups, self.calibration_share, self.seed)
        spoken = csr_array(shares.astype(np.float32))
        table = beside(features.in_one_table().grams, spoken)
        judging = np.flatnonzero(kept_back)
        judged = beside(csr_array(features.grams[judging]), csr_array(spoken[judging]))
        numbers = np.zeros((features.width, len(self.labels)), np.int16)
        steps = np.zeros(len(self.labels))
        self.language_weights_ = np.zeros((len(LANGUAGES), len(self.labels)))
        self.intercepts_ = np.full(len(self.labels), -np.inf)
        calibrations = []
        for column in range(len(self.labels)):
            target = targets[:, column]
            learned = ~np.isnan(target) & (weight > 0)
            if not self._enough(target[learned]):
                calibrations.append(Calibration.identity())
                continue
            teaching = np.flatnonzero(learned & ~kept_back)
            line = self._placed(
                features, table, _Taught(target, weight, teaching), averaged, column
            )
            grams = line.weights[: features.width]
            # A whole number of steps is what will be stored, so it is what is calibrated and used.
            steps[column] = packed.step_of(grams)
            numbers[:, column] = packed.in_steps(grams, steps[column])
            grams[:] = numbers[:, column] * steps[column]
            self.language_weights_[:, column] = line.weights[features.width :]
            self.intercepts_[column] = line.intercept
            known = learned[judging]
            calibrations.append(
                calibration.fit(
                    judged[np.flatnonzero(known)] @ line.weights + line.intercept,
                    target[judging][known],
                    weight[judging][known],
                    shares[judging][known],
                )
            )
        if not np.isfinite(self.intercepts_).any():
            raise ValueError(f"No label has {self.examples_min} known examples of yes and of no.")
        self.weights_ = Packed.of(numbers, steps)
        self.slopes_ = np.stack([c.slopes for c in calibrations], axis=1)
        self.offsets_ = np.stack([c.offsets for c in calibrations], axis=1)
        self.classes_ = np.array(self.labels)
        return self

    def _placed(
        self,
        features: Features,
        table: csr_array,
        taught: _Taught,
        averaged: Averaged | None,
        column: int,
    ) -> _Line:
        """Return one label's weights of all tables, one after the other, then the languages'.

        All rows teach the first table; a language's own table is taught by its rows alone, and is
        the first once more where they hold too few yes or no.
        """
        first = self._line(*taught.by(table, taught.rows))
        parts, spoken = [first.weights[: features.size]], first.weights[features.size :].copy()
        for number, language in enumerate(features.own_tables, 1):
            own = taught.rows[features.tables[taught.rows] == number]
            place = LANGUAGES.index(language)
            line = first
            if self._enough(taught.target[own]):
                line = self._line(*taught.by(table, own))
                if averaged is not None and (share := float(averaged.shares[place, column])):
                    alone = own[averaged.rows[own]]
                    if self._enough(taught.target[alone]):
                        line = line.mixed(self._line(*taught.by(table, alone)), share)
            parts.append(line.weights[: features.size])
            spoken[place] = line.weights[features.size + place] + line.intercept - first.intercept
        return _Line(np.concatenate([*parts, spoken]), first.intercept)

    def _enough(self, target: FloatArray) -> bool:
        yes = int((target > 0.5).sum())  # noqa: PLR2004 - more yes than no
        return min(yes, len(target) - yes) >= self.examples_min

    def _line(self, table: csr_array, target: FloatArray, weight: FloatArray) -> _Line:
        soft = (target > 0) & (target < 1)
        if soft.any():
            both = np.concatenate([np.arange(len(target)), np.flatnonzero(soft)])
            says = np.concatenate([target > 0, np.zeros(soft.sum(), bool)])
            counts = np.concatenate(
                [np.where(target > 0, target, 1) * weight, ((1 - target) * weight)[soft]]
            )
            table = table[both]
        else:
            says, counts = target > 0, weight
        scales = weighting.scales(
            table, says, counts, rarity=self.rarity, contrast=self.contrast, plain=len(LANGUAGES)
        )
        scaled = csr_array(
            (table.data * scales[table.indices], table.indices, table.indptr), table.shape
        )
        weights, intercept = self._solved(scaled, says, counts)
        return _Line(weights * scales, intercept)

    def _solved(
        self, scaled: csr_array, says: npt.NDArray[np.bool_], counts: FloatArray
    ) -> tuple[FloatArray, float]:
        """Return the weights of scaled columns, and the intercept."""
        # Imported here, since it takes a third of a second that scoring need not wait for.
        from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

        model = LogisticRegression(
            C=1 / self.penalty, max_iter=self.iterations_max, solver="lbfgs", tol=1e-4
        )
        with warnings.catch_warnings():
            # The iterations are bounded on purpose; a little short of the optimum ranks as well.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(scaled, says, counts)
        return model.coef_[0].astype(np.float64), float(model.intercept_[0])

    def decision_function(self, features: Features) -> FloatArray:
        """Return the calibrated logits, shape (n, labels); −inf where a label was not learned."""
        if not hasattr(self, "weights_"):  # asking scikit-learn takes as long as hashing a text
            check_is_fitted(self)
        raw = self.weights_.sums(features.columns, features.bounds) * features.scales[:, None]
        weights, slopes, offsets = self._in_languages(features.spoken)
        return np.asarray((raw + weights + self.intercepts_) * slopes + offsets, np.float64)

    def _in_languages(self, shares: FloatArray) -> FloatArray:
        """Return what a mixture of languages adds before, scales and adds after: (3, n, labels)."""
        return mixture(shares, np.array([self.language_weights_, self.slopes_, self.offsets_]))

    def predict_proba(self, features: Features) -> FloatArray:
        """Return the calibrated probabilities, shape (n, labels)."""
        return np.asarray(expit(self.decision_function(features)), np.float64)

    def predict(self, features: Features) -> npt.NDArray[np.int64]:
        """Return which labels are more likely than not, shape (n, labels)."""
        return (self.decision_function(features) > 0).astype(np.int64)


def mixture(shares: FloatArray, tables: FloatArray) -> FloatArray:
    """Return tables of shape (k, languages, labels) mixed for each row: (k, n, labels).

    Not ``@``: a matrix product may round otherwise for one row than for many.
    """
    kinds, languages, labels = tables.shape
    by_language = tables.swapaxes(0, 1).reshape(languages, 1, kinds * labels)
    mixed = np.add.reduce(shares.T.copy()[:, :, None] * by_language)
    return np.asarray(mixed.reshape(len(shares), kinds, labels).swapaxes(0, 1), np.float64)


def beside(left: csr_array, right: csr_array) -> csr_array:
    """Return both tables side by side, entries in the order that they had.

    The same as scipy's ``hstack``, which makes a table of coordinates of both on the way.
    """
    ends, added = left.indptr, right.indptr
    places = np.arange(right.nnz) + ends[1:].repeat(np.diff(added))
    of_left = np.ones(left.nnz + right.nnz, np.bool_)
    of_left[places] = False
    indices = np.empty(len(of_left), left.indices.dtype)
    data = np.empty(len(of_left), left.data.dtype)
    indices[of_left], data[of_left] = left.indices, left.data
    indices[places], data[places] = right.indices + left.shape[1], right.data
    return csr_array((data, indices, ends + added), (left.shape[0], left.shape[1] + right.shape[1]))


def one_hot(languages: Sequence[Language]) -> FloatArray:
    """Return known languages as shares, shape (n, len(Language))."""
    return np.eye(len(LANGUAGES))[[LANGUAGES.index(language) for language in languages]]


def held_out(
    n: int, groups: Sequence[object] | None, share: float, seed: int
) -> npt.NDArray[np.bool_]:
    """Return which rows only calibrate: whole groups, drawn by the seed."""
    names = np.arange(n) if groups is None else numbered(groups)
    drawn = np.random.default_rng(seed).random(int(names.max(initial=-1)) + 1) < share
    return drawn[names]


def numbered(groups: Sequence[object]) -> IntArray:
    """Return each group's number in the order of their names, shape (n,).

    Not ``np.unique``: an array of names gives each as much room as the longest, and a text that
    stands alone is its own name.
    """
    names = list(map(str, groups))
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([numbers[name] for name in names], np.int64)
