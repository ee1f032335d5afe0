"""The challenger's second tier: the one that ships, told what the first tier has learned.

It reads the first tier's logits, and those lie elsewhere once decisions have taught it. So their
columns are stretched back to where they were, which lets through what was learned, and of each
label that was learned it is asked anew how far to trust each tier: three numbers for each language,
from decisions in it that the first tier did not learn from. What is decided in Russian says nothing
of whom to trust in Kazakh. Its weights for meaning stay as they ship; a few hundred decisions would
unlearn more of them than they teach.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from ml import calibration
from ml.calibration import Calibration
from ml.classifier import mixture, one_hot
from ml.dataset import LABELS, Dataset, Floats, Mask
from ml.encoder import Encoder
from ml.features import Features
from ml.language import LANGUAGES
from ml.pipeline import ModerationPipeline
from ml.referral import Rule, at_usual_size
from ml.second_tier import Referred, SecondTier

# Each number is held to what ships as if by so many decisions.
_PULL = 10.0
_REFERRED_MIN = 40
_LOGIT_MAX = 8.0
_TEXTS_MIN = 30
_READ_MAX = 1500
_NEARLY = 4.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """Texts as both first tiers see them: calibrated logits, shape (n, labels), and the rest."""

    before: Floats
    after: Floats
    languages: Floats
    sizes: NDArray[np.int64]


def adapt(
    shipped: SecondTier,
    before: ModerationPipeline,
    after: ModerationPipeline,
    calibrating: Dataset,
    *,
    encoder: Encoder | None,
    examples_min: int,
) -> SecondTier:
    """Return the second tier of a challenger.

    Args:
        shipped: that of the prior.
        before: the prior's first tier.
        after: the challenger's, calibrated.
        calibrating: texts that it was not learned from; those of weight 0 only tell how logits lie.
        encoder: the one that ``shipped`` was trained with; without it nothing is asked anew.
        examples_min: a label with fewer known yes or no among what is referred is trusted as it
            was.
    """
    features: Features = after[:-1].transform(calibrating.texts)
    seen = _Seen(
        np.asarray(before.classifier.decision_function(features), np.float64),
        np.asarray(after.classifier.decision_function(features), np.float64),
        features.languages,
        features.sizes,
    )
    second = _stretched(shipped, seen)
    second.rule = _rule(shipped.rule, seen, calibrating)
    if encoder is None or encoder.name != shipped.encoder_name:
        return second
    decided = calibrating.weights > 0
    # What is nearly referred tells of trust as well, and the few that are referred tell too little.
    lows = tuple(low / _NEARLY for low in second.rule.lows)
    nearly = replace(second.rule, lows=lows)
    near = nearly.refers(expit(seen.after), seen.languages, seen.sizes)
    rows = np.flatnonzero(decided & near)
    rows = rows[-_READ_MAX:]  # the newest
    if len(rows) < _REFERRED_MIN:
        return second
    vectors = encoder.encode([calibrating.texts[row] for row in rows])
    referred = Referred(seen.after[rows], vectors, seen.languages[rows])
    data = calibrating.at(rows)
    spoken = one_hot(data.languages) > 0
    for column, label in enumerate(LABELS):
        moved = not np.allclose(seen.before[:, column], seen.after[:, column], atol=0.05)
        if not moved:
            continue
        known = ~np.isnan(data.target(label))
        learned = [
            language
            for language in range(len(LANGUAGES))
            if _enough(data.target(label)[known & spoken[:, language]], examples_min)
        ]
        for language in learned:
            own = known & spoken[:, language]
            _trust_anew(second, referred.at(own), data.where(own), column, language)
        if learned:
            _calibrate_anew(second, referred.at(known), data.where(known), column)
    return second


def _stretched(shipped: SecondTier, seen: _Seen) -> SecondTier:
    """Return a copy whose logit columns read the new logits as the old ones were read."""
    second = SecondTier(**shipped.get_params())
    for name, value in vars(shipped).items():
        if name.endswith("_"):
            setattr(second, name, np.array(value))
    for column in range(len(LABELS)):
        before = np.clip(seen.before[:, column], -_LOGIT_MAX, _LOGIT_MAX)
        after = np.clip(seen.after[:, column], -_LOGIT_MAX, _LOGIT_MAX)
        finite = np.isfinite(before) & np.isfinite(after)
        if finite.sum() < _TEXTS_MIN or after[finite].std() == 0:
            continue
        slope, offset = np.polyfit(after[finite], before[finite], 1)
        if slope <= 0:
            continue
        second.intercepts_ = second.intercepts_ + second.weights_[column] * offset
        second.weights_[column] *= slope
        # Where a language leans on the first tier's logit itself, that is read as before, too.
        second.leanings_[2, :, column] += second.leanings_[1, :, column] * offset
        second.leanings_[1, :, column] *= slope
    return second


def _rule(rule: Rule, seen: _Seen, calibrating: Dataset) -> Rule:
    """Return the rule that refers as large a share of each language's texts as before."""
    before, after = (
        at_usual_size(expit(logits), seen.sizes, rule.length)
        for logits in (seen.before, seen.after)
    )
    lows = list(rule.lows)
    spoken = one_hot(calibrating.languages) > 0
    for number in range(len(LANGUAGES)):
        own: Mask = spoken[:, number] & (calibrating.weights > 0)
        if own.sum() < _TEXTS_MIN:
            own = spoken[:, number]
        if own.sum() >= _TEXTS_MIN:
            clear = float((before[own] < rule.lows[number]).mean())
            lows[number] = float(np.quantile(after[own], clear))
    return replace(rule, lows=tuple(min(max(low, 1e-4), rule.high / 2) for low in lows))


def _enough(target: Floats, examples_min: int) -> bool:
    known = target[~np.isnan(target)]
    yes = int((known > 0.5).sum())  # noqa: PLR2004 - more yes than no
    return min(yes, len(known) - yes) >= examples_min


def _trust_anew(
    second: SecondTier, referred: Referred, data: Dataset, column: int, language: int
) -> None:
    """Set how far a label's logit of the first tier counts beside all that the second knows."""
    first = referred.stacked()[:, column]
    plain = second.raw_logits(referred)[:, column]
    slopes, offsets = mixture(referred.languages, np.stack([second.slopes_, second.offsets_]))
    slope, offset = slopes[:, column], offsets[:, column]
    weight, truth = data.weights, data.target(LABELS[column])

    def loss(line: Floats) -> tuple[float, Floats]:
        z = slope * (line[0] * plain + line[1] * first + line[2]) + offset
        away = line - np.array([1.0, 0.0, 0.0])
        value = weight @ (np.logaddexp(0, z) - truth * z) + _PULL * (away @ away) / 2
        wrong = weight * (expit(z) - truth) * slope
        gradient = np.array([wrong @ plain, wrong @ first, wrong.sum()]) + _PULL * away
        return float(value), gradient

    found = minimize(
        loss,
        np.array([1.0, 0.0, 0.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None), (0.0, None), (None, None)],
    ).x
    own, beside, shift = second.leanings_[:, language, column]
    second.leanings_[:, language, column] = (
        found[0] * own,
        found[0] * beside + found[1],
        found[0] * shift + found[2],
    )


def _calibrate_anew(second: SecondTier, referred: Referred, data: Dataset, column: int) -> None:
    """Set the label's lines from the same decisions; without any, a language keeps its own."""
    centre = Calibration(second.slopes_[:, column].copy(), second.offsets_[:, column].copy())
    lines = calibration.fit(
        second.raw_logits(referred)[:, column],
        data.target(LABELS[column]),
        data.weights,
        one_hot(data.languages),
        towards=centre,
    )
    second.slopes_[:, column], second.offsets_[:, column] = lines.slopes, lines.offsets
