"""A stacked prior: what ships, moved towards a site's decisions.

Of each label, the logit of the model that ships is one more column of a logistic regression over
the same n-grams, whose other weights are pulled to nothing. So a few decisions change little, many
change much, and where decisions say nothing the prior speaks. All of it is linear and folds into
the prior's tables of weights: what comes out is as big and as fast as what ships.
``docs/learning/prior.md`` compares this with other ways.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

from ml import packed, weighting
from ml.artifact import Artifact
from ml.classifier import LabelClassifier, mixture
from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.features import Features
from ml.names import names_of_groups
from ml.packed import Packed
from ml.pipeline import ModerationPipeline
from ml.train import weighted

IntArray = npt.NDArray[np.int64]
Progress = Callable[[str, float], None]
# No slope is divided by less, and none that calibrates lies lower.
SLOPE_MIN = 0.05


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How far decisions move the model.

    Attributes:
        penalty: strength of the pull of each n-gram's own weight to nothing.
        pull: and of the prior's slope to 1, as if by so many decisions.
        rehearsal: how much what the prior knows counts beside what was decided.
        rarity, contrast: see ``ml.weighting``.
        examples_min: a label with fewer known yes or no stays as it ships.
        iterations_max: of the solver, for each label.
    """

    penalty: float = 1.0
    pull: float = 20.0
    rehearsal: float = 0.12
    rarity: float = 1.0
    contrast: float = 0.5
    examples_min: int = 20
    iterations_max: int = 60

    def may_learn_from(self, target: Floats) -> bool:
        """Say whether a label's known yes and no are enough to learn from, and to calibrate."""
        known = target[~np.isnan(target)]
        yes = int((known > 0.5).sum())  # noqa: PLR2004 - more yes than no
        return min(yes, len(known) - yes) >= self.examples_min


def as_plain(adaptation: Adaptation) -> dict[str, float]:
    """Return the parameters as JSON can hold them."""
    return asdict(adaptation)


@dataclass(frozen=True, slots=True)
class Adapted:
    """A label's own part: logit = slope · prior + added · n-grams + shift."""

    slope: float
    shift: float
    added: Floats  # (columns,)

    @classmethod
    def nothing(cls, columns: int) -> "Adapted":
        return cls(1.0, 0.0, np.zeros(columns))


@dataclass(frozen=True, slots=True)
class _Prior:
    """What ships says of each row of one label: calibrated logit = slope · raw + offset."""

    raw: Floats
    slopes: Floats
    offsets: Floats


def learn(
    prior: Artifact,
    decided: Dataset,
    rehearsed: Dataset,
    adaptation: Adaptation,
    *,
    progress: Progress = lambda _label, _share: None,
) -> ModerationPipeline:
    """Return the prior's pipeline moved towards what was decided, not yet calibrated.

    The same prior, texts and parameters give the same weights, bit for bit.

    Args:
        prior: the model to begin with.
        decided: texts of the site; only labels of which they hold enough are learned.
        rehearsed: texts that the prior knows, so that it does not forget them; together they count
            ``adaptation.rehearsal`` times as much as what was decided.
        adaptation: how far to move.
        progress: told each label, and which share of them is done.
    """
    model = prior.model
    teaching = with_rehearsal(decided, rehearsed, adaptation.rehearsal)
    features: Features = model[:-1].transform(teaching.texts)
    raw, slopes, offsets = before_calibration(model.classifier, features)
    columns, grams = _compact(features)
    # The n-grams within names of groups weigh what they weigh in the prior.
    in_names: Features = model[:-1].transform(names_of_groups())
    may_learn = ~np.isin(columns, in_names.columns_of_every_table)
    adapted = []
    for column, label in enumerate(LABELS):
        progress(label.value, column / len(LABELS))
        target = teaching.target(label)
        known = ~np.isnan(target) & (teaching.weights > 0)
        is_learned = bool(np.isfinite(model.classifier.intercepts_[column]))
        if not is_learned or not adaptation.may_learn_from(decided.target(label)):
            adapted.append(Adapted.nothing(len(columns)))
            continue
        rows = np.flatnonzero(known)
        adapted.append(
            _adapt(
                csr_array(grams[rows]),
                _Prior(raw[rows, column], slopes[rows, column], offsets[rows, column]),
                target[rows],
                teaching.weights[rows],
                may_learn=may_learn,
                adaptation=adaptation,
            )
        )
    return _with(model, columns, adapted)


def with_rehearsal(decided: Dataset, rehearsed: Dataset, share: float) -> Dataset:
    """Return both, the rehearsed scaled to ``share`` of the weight of the decided."""
    total = float(rehearsed.weights.sum())
    if not len(rehearsed) or not total or not share:
        return decided
    return decided + weighted(rehearsed, share * float(decided.weights.sum()) / total)


def before_calibration(
    classifier: LabelClassifier, features: Features
) -> tuple[Floats, Floats, Floats]:
    """Return raw logits, and the slope and offset that calibrate each: three of (n, labels)."""
    slopes, offsets = mixture(features.spoken, np.stack([classifier.slopes_, classifier.offsets_]))
    calibrated = classifier.decision_function(features)
    return (calibrated - offsets) / slopes, slopes, offsets


def _adapt(
    grams: csr_array,
    prior: _Prior,
    target: Floats,
    weight: Floats,
    *,
    may_learn: Mask,
    adaptation: Adaptation,
) -> Adapted:
    """Solve one label: the prior's slope, a shift, and a weight for each n-gram that may have one.

    ``grams`` is spent.
    """
    scales = weighting.scales(
        grams,
        target > 0.5,  # noqa: PLR2004 - more yes than no
        weight,
        rarity=adaptation.rarity,
        contrast=adaptation.contrast,
        plain=0,
    ) * may_learn.astype(np.float32)
    # Calibration multiplies what is added, so it multiplies it here: the sum is what is judged.
    grams.data *= scales[grams.indices]
    grams.data *= prior.slopes.astype(np.float32).repeat(np.diff(grams.indptr))
    found = _solve(grams, prior, target, weight, adaptation)
    return Adapted(float(found[0]), float(found[1]), found[2:] * scales)


def _solve(
    table: csr_array, prior: _Prior, target: Floats, weight: Floats, adaptation: Adaptation
) -> Floats:
    """Return slope, shift and added weights: the most likely, held by their pulls."""
    across = csr_array(table.T)
    stretched = prior.slopes * prior.raw

    def loss(line: Floats, moving: float) -> tuple[float, Floats]:
        slope, shift, added = line[0], line[1], line[2:]
        z = slope * stretched + prior.offsets + shift * prior.slopes + table @ added
        value = weight @ (np.logaddexp(0, z) - target * z)
        value += adaptation.pull * (slope - 1) ** 2 / 2 + adaptation.penalty * (added @ added) / 2
        wrong = weight * (expit(z) - target)
        gradient = np.empty_like(line)
        gradient[0] = moving * (wrong @ stretched + adaptation.pull * (slope - 1))
        gradient[1] = wrong @ prior.slopes
        gradient[2:] = across @ wrong + adaptation.penalty * added
        return float(value), gradient

    def least(slope: float, moving: float) -> Floats:
        """Solve from this slope, which moves with 1 and stays with 0."""
        start = np.zeros(table.shape[1] + 2)
        start[0] = slope
        found = minimize(
            loss,
            start,
            args=(moving,),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": adaptation.iterations_max},
        )
        return np.asarray(found.x, np.float64)

    found = least(1.0, 1.0)
    # The prior's order is never turned round. The loss is convex, so where its least lies below
    # zero the least that is allowed lies at zero; a bound would be looked up for every n-gram.
    return found if found[0] >= 0 else least(0.0, 0.0)


def _compact(features: Features) -> tuple[IntArray, csr_array]:
    """Return which columns occur, and the n-grams with these columns alone."""
    grams = features.grams
    columns, places = np.unique(grams.indices, return_inverse=True)
    shape = (grams.shape[0], len(columns))
    return columns, csr_array((grams.data, places.astype(np.int32), grams.indptr), shape)


def _with(
    model: ModerationPipeline, columns: IntArray, adapted: Sequence[Adapted]
) -> ModerationPipeline:
    """Return a pipeline that scores by the prior and what was added, in one table.

    Its calibration undoes slope and shift: that of a language of which nothing was learned.
    """
    before = model.classifier
    weights = before.weights_.rows()
    numbers = np.zeros(weights.shape, np.int16)
    steps = np.zeros(weights.shape[1])
    for column, one in enumerate(adapted):
        line = weights[:, column] * one.slope
        line[columns] += one.added
        steps[column] = packed.step_of(line)
        numbers[:, column] = packed.in_steps(line, steps[column])
    slopes = np.array([one.slope for one in adapted])
    shifts = np.array([one.shift for one in adapted])
    learned = _copy(model)
    after = learned.classifier
    after.weights_ = Packed.of(numbers, steps)
    after.language_weights_ = before.language_weights_ * slopes
    after.intercepts_ = before.intercepts_ * slopes + shifts
    after.slopes_ = before.slopes_ / np.maximum(slopes, SLOPE_MIN)
    after.offsets_ = before.offsets_ - after.slopes_ * shifts
    return learned


def _copy(model: ModerationPipeline) -> ModerationPipeline:
    """Return the same fitted pipeline with a classifier of its own."""
    classifier = LabelClassifier(**model.classifier.get_params())
    for name, value in vars(model.classifier).items():
        if name.endswith("_"):
            setattr(classifier, name, np.array(value) if isinstance(value, np.ndarray) else value)
    (_, normaliser), (_, grams), (name, _) = model.steps
    return ModerationPipeline([("normalise", normaliser), ("grams", grams), (name, classifier)])
