"""A challenger: what ships, and what a site's decisions add to it.

The model that ships is a *stacked prior*: of each label, its logit is one more column of a logistic
regression over the same n-grams, whose other weights are pulled to nothing. So a few decisions
change little, many change much, and where decisions say nothing the prior speaks. All of it is
linear and folds into the prior's tables of weights: a challenger is as big and as fast as what
ships. ``docs/learning/prior.md`` compares this with other ways.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

from ml import artifact, calibration, defaults, packed, second_challenger, weighting
from ml.artifact import Artifact, ModelInfo
from ml.calibration import Calibration
from ml.cascade import SecondTier
from ml.classifier import LabelClassifier, mixture, one_hot
from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.encoder import Encoder
from ml.features import Features
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.metrics import threshold_at
from ml.names import names_of_groups
from ml.packed import Packed
from ml.pipeline import ModerationPipeline
from ml.predict import Predictor
from ml.train import supported_by, weighted

IntArray = npt.NDArray[np.int64]
Progress = Callable[[str, float], None]
_LINE_MIN = 30
_SECOND_EXAMPLES_MIN = 10
_SLOPE_MIN = 0.05
_READ_MAX = 2_500


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
class Challenger:
    """An artifact that was learned from decisions, as bytes and loaded."""

    content: bytes
    loaded: Artifact

    @property
    def digest(self) -> str:
        return self.loaded.digest


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
    raw, slopes, offsets = _before_calibration(model.classifier, features)
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
        if not is_learned or not _enough(decided.target(label), adaptation):
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


def calibrate(
    prior: Artifact,
    model: ModerationPipeline,
    calibrating: Dataset,
    adaptation: Adaptation,
) -> None:
    """Set the calibration of ``model`` from texts that it was not learned from.

    A language of which they hold little keeps the calibration that ships, however the logits have
    been stretched by what was learned in others.
    """
    before, after = prior.model.classifier, model.classifier
    features: Features = model[:-1].transform(calibrating.texts)
    old = np.asarray(before.decision_function(features), np.float64)
    raw, _, _ = _before_calibration(after, features)
    shares = one_hot(calibrating.languages)
    for column, label in enumerate(LABELS):
        target = calibrating.target(label)
        known = ~np.isnan(target) & (calibrating.weights > 0)
        if not np.isfinite(after.intercepts_[column]) or not known.any():
            continue
        centre = _as_before(old[:, column], raw[:, column], shares, after, column)
        if not _enough(target[known], adaptation):
            found = centre
        else:
            found = calibration.fit(
                raw[known, column],
                target[known],
                calibrating.weights[known],
                shares[known],
                towards=centre,
            )
        after.slopes_[:, column], after.offsets_[:, column] = found.slopes, found.offsets


def finish(
    prior: Artifact,
    model: ModerationPipeline,
    teaching: Dataset,
    judging: Dataset,
    training: Mapping[str, object],
    *,
    encoder: Encoder | None = None,
) -> Challenger:
    """Return the challenger as an artifact, with what it supports and the thresholds it advises.

    Where the prior has a second tier, the challenger has one that knows of what was learned.

    Args:
        prior: what it was learned from.
        model: learned and calibrated.
        teaching: what it was learned from.
        judging: what it was not; thresholds are set on its calm texts. Those of weight 0 were not
            decided by anybody, and calibrate nothing.
        training: what the artifact is to say of how it came about; no times, no names of machines.
        encoder: of the prior's second tier; best one that remembers, since it is asked twice.
    """
    second = None
    if prior.second is not None:
        second = second_challenger.adapt(
            prior.second,
            prior.model,
            model,
            judging,
            encoder=encoder,
            examples_min=_SECOND_EXAMPLES_MIN,
        )
    read = _few_enough_to_read(judging)
    scores = _scores(model, second, encoder, read.texts)
    before = _scores(prior.model, prior.second, encoder, read.texts)
    supported = _supported(prior.info, supported_by(teaching, read, scores))
    limits = advised(prior.info, read, before, scores, supported)
    kept = {name: value for name, value in prior.info.training.items() if name not in training}
    info = ModelInfo(supported, {**kept, **training, defaults.KEY: defaults.as_plain(limits)})
    content = artifact.to_bytes(model, info=info, second=second)
    return Challenger(content, artifact.load(content))


def _few_enough_to_read(judging: Dataset) -> Dataset:
    """Return all that nobody decided, and of the decisions as many as the encoder reads in time."""
    decided = np.flatnonzero(judging.weights > 0)
    step = max(-(-len(decided) // _READ_MAX), 1)
    return judging.at(np.sort(np.append(np.flatnonzero(judging.weights == 0), decided[::step])))


def _scores(
    model: ModerationPipeline,
    second: SecondTier | None,
    encoder: Encoder | None,
    texts: Sequence[str],
) -> Floats:
    """Return what both tiers together say, of every label in every language."""
    everywhere = ModelInfo(dict.fromkeys(LABELS, LANGUAGES))
    predictor = Predictor(Artifact(model, everywhere, "", second), encoder=encoder)
    rows = [[each.scores[label] for label in LABELS] for each in predictor.predict(texts)]
    return np.array(rows, np.float64).reshape(len(rows), len(LABELS))


def as_plain(adaptation: Adaptation) -> dict[str, float]:
    """Return the parameters as JSON can hold them."""
    return asdict(adaptation)


@dataclass(frozen=True, slots=True)
class _Prior:
    """What ships says of each row of one label: calibrated logit = slope · raw + offset."""

    raw: Floats
    slopes: Floats
    offsets: Floats


def _before_calibration(
    classifier: LabelClassifier, features: Features
) -> tuple[Floats, Floats, Floats]:
    """Return raw logits, and the slope and offset that calibrate each: three of (n, labels)."""
    slopes, offsets = mixture(features.spoken, np.stack([classifier.slopes_, classifier.offsets_]))
    calibrated = classifier.decision_function(features)
    return (calibrated - offsets) / slopes, slopes, offsets


def _enough(target: Floats, adaptation: Adaptation) -> bool:
    known = target[~np.isnan(target)]
    yes = int((known > 0.5).sum())  # noqa: PLR2004 - more yes than no
    return min(yes, len(known) - yes) >= adaptation.examples_min


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
    after.slopes_ = before.slopes_ / np.maximum(slopes, _SLOPE_MIN)
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


def _as_before(
    old: Floats, raw: Floats, shares: Floats, after: LabelClassifier, column: int
) -> Calibration:
    """Return the line of each language that gives back, on average, what ships says there."""
    slopes, offsets = after.slopes_[:, column].copy(), after.offsets_[:, column].copy()
    for language in range(len(LANGUAGES)):
        spoken = shares[:, language] > 0.5  # noqa: PLR2004 - mostly
        if spoken.sum() >= _LINE_MIN and raw[spoken].std() > 0:
            # Least squares on logits, so that both mean the same where nothing new is known.
            slope, offset = np.polyfit(raw[spoken], old[spoken], 1)
            slopes[language], offsets[language] = max(slope, _SLOPE_MIN), offset
    return Calibration(slopes, offsets)


def _supported(
    info: ModelInfo, found: Mapping[Label, tuple[Language, ...]]
) -> Mapping[Label, tuple[Language, ...]]:
    """Return what ships knows, and what was learned well enough since."""
    return {
        label: tuple(
            language
            for language in LANGUAGES
            if info.supports(label, language) or language in found.get(label, ())
        )
        for label in LABELS
    }


def advised(
    info: ModelInfo,
    judging: Dataset,
    before: Floats,
    after: Floats,
    supported: Mapping[Label, tuple[Language, ...]],
) -> defaults.Defaults:
    """Return thresholds from which no more calm texts are held, or rejected, than with the prior's.

    Calm texts are looked at by source and language, and the worst of them decides; of a language
    with thresholds of its own, the worst of its sources.

    Args:
        info: of the prior.
        judging: texts that neither learned from.
        before: what the prior gives them, shape (n, number of labels).
        after: what the challenger gives them.
        supported: the challenger's languages.
    """
    limits = defaults.from_plain(info.training.get(defaults.KEY, {}))
    parts = _parts(judging)
    found = {}
    for label, limit in limits.items():
        column = LABELS.index(label)
        if not supported[label]:
            continue
        calm = judging.target(label) == 0
        sides = [
            (language, calm & part)
            for language, part in parts
            if (calm & part).sum() >= defaults.CALM_MIN
        ]
        match = partial(_matched_both, label, before=before[:, column], after=after[:, column])
        for_all = match(limit, supported[label], [side for _, side in sides])
        own = {}
        for language in supported[label]:
            mine = [side for code, side in sides if code is language]
            if language in limit.languages:
                own[language] = match(limit.of(language), (language,), mine)
            elif mine:
                # Raised by its own texts alone; lowered below what ships, by no want of them.
                own[language] = _not_below(limit, match(limit, (language,), mine))
        found[label] = replace(
            for_all, languages={code: each for code, each in own.items() if each != for_all}
        )
    return found


def _not_below(
    limit: defaults.DefaultThresholds, matched: defaults.DefaultThresholds
) -> defaults.DefaultThresholds:
    reject = matched.reject
    if reject is not None and limit.reject is not None:
        reject = max(reject, limit.reject)
    return defaults.DefaultThresholds(max(matched.hold, limit.hold), reject)


def _parts(judging: Dataset) -> list[tuple[Language, Mask]]:
    names = [f"{a} {b}" for a, b in zip(judging.sources, judging.languages, strict=True)]
    keys = np.array(names)
    by_name = dict(zip(names, judging.languages, strict=True))
    return [(by_name[name], keys == name) for name in sorted(by_name)]


def _matched_both(
    label: Label,
    limit: defaults.DefaultThresholds,
    languages: Sequence[Language],
    sides: Sequence[Mask],
    *,
    before: Floats,
    after: Floats,
) -> defaults.DefaultThresholds:
    lowest = max(defaults.lowest_hold(label, language) for language in languages)
    highest = max(defaults.HOLD_MAX[language] for language in languages)
    hold = min(max(_matched(limit.hold, sides, before, after), lowest), highest)
    reject = None
    if limit.reject is not None:
        reject = max(_matched(limit.reject, sides, before, after), hold)
    return defaults.DefaultThresholds(
        round(hold, 3), None if reject is None else round(min(reject + 0.0005, 1.0), 3)
    )


def _matched(limit: float, sides: Sequence[Mask], before: Floats, after: Floats) -> float:
    """Return the threshold that flags no larger share of any side than ``limit`` did before."""
    if not sides:
        return limit
    return max(
        threshold_at(after[side], false_positives=float((before[side] >= limit).mean()))
        for side in sides
    )
