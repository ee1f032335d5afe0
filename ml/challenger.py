"""A challenger: what was learned from a site's decisions, made ready to be judged.

How it is learned stands in ``ml/stacked_prior.py``. Here it is calibrated, told which languages
it supports, and becomes an artifact like the one that ships.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml import artifact, calibration, defaults, second_challenger
from ml.artifact import Artifact, ModelInfo
from ml.calibration import Calibration
from ml.challenger_thresholds import advised
from ml.classifier import LabelClassifier, one_hot
from ml.dataset import LABELS, Dataset, Floats
from ml.encoder import Encoder
from ml.features import Features
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.pipeline import ModerationPipeline
from ml.predict import Predictor
from ml.second_tier import SecondTier
from ml.stacked_prior import SLOPE_MIN, Adaptation, before_calibration
from ml.train import supported_by

_LINE_MIN = 30
_SECOND_EXAMPLES_MIN = 10
_READ_MAX = 2_500


@dataclass(frozen=True, slots=True)
class Challenger:
    """An artifact that was learned from decisions, as bytes and loaded."""

    content: bytes
    loaded: Artifact

    @property
    def digest(self) -> str:
        return self.loaded.digest


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
    raw, _, _ = before_calibration(after, features)
    shares = one_hot(calibrating.languages)
    for column, label in enumerate(LABELS):
        target = calibrating.target(label)
        known = ~np.isnan(target) & (calibrating.weights > 0)
        if not np.isfinite(after.intercepts_[column]) or not known.any():
            continue
        centre = _as_before(old[:, column], raw[:, column], shares, after, column)
        if not adaptation.may_learn_from(target[known]):
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
            slopes[language], offsets[language] = max(slope, SLOPE_MIN), offset
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
