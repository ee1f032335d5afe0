"""How well scores tell yes from no, and whether they mean what they say; with bootstrap intervals.

All measures of one set are computed from one sort, and all resamples at once as weights on the
sorted texts, so that an interval costs little more than its point.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

FALSE_POSITIVES_ALLOWED = 0.05
BINS = 15
_CHUNK = 50


class Metric(StrEnum):
    """What is measured; of calibration error less is better, of the others more."""

    ROC_AUC = "roc_auc"
    PR_AUC = "pr_auc"
    RECALL = "recall_at_5_percent_false_positives"
    CALIBRATION_ERROR = "calibration_error"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value and the 95 % bootstrap interval around it."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def measure(
    scores: Floats, truths: Truths, *, seed: int, rounds: int = 200
) -> Mapping[Metric, Estimate]:
    """Return every metric with its percentile bootstrap interval, positives and negatives apart.

    Resampling within positives and within negatives keeps the prevalence fixed, so that rare labels
    do not vanish from a resample.

    Raises:
        ValueError: fewer than one positive or one negative: nothing can be told apart.
    """
    if truths.all() or not truths.any():
        raise ValueError("measuring needs at least one positive and one negative")
    order = np.argsort(-scores, kind="stable")
    ordered, truth = scores[order], truths[order]
    points = _all_metrics(ordered, truth, np.ones((1, len(truth))))
    draws = np.random.default_rng(seed)
    sampled = [
        _all_metrics(ordered, truth, _resamples(truth, min(_CHUNK, rounds - start), draws))
        for start in range(0, rounds, _CHUNK)
    ]
    return {
        metric: _estimate(points[metric][0], np.concatenate([part[metric] for part in sampled]))
        for metric in Metric
    }


def _estimate(point: float, sampled: Floats) -> Estimate:
    low, high = np.percentile(sampled, [2.5, 97.5])
    return Estimate(float(point), float(low), float(high))


def _resamples(truth: Truths, rounds: int, draws: np.random.Generator) -> Floats:
    """Return how often each text is drawn in each round, shape (rounds, n)."""
    weights = np.empty((rounds, len(truth)))
    for side in (truth, ~truth):
        count = int(side.sum())
        weights[:, side] = draws.multinomial(count, np.full(count, 1 / count), size=rounds)
    return weights


def _all_metrics(scores: Floats, truth: Truths, weights: Floats) -> Mapping[Metric, Floats]:
    """Compute each metric for each row of weights; scores come in descending order."""
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True))
    hits = np.cumsum(weights * truth, axis=1)[:, last]
    false = np.cumsum(weights * ~truth, axis=1)[:, last]
    recall, fall_out = hits / hits[:, -1:], false / false[:, -1:]
    return {
        Metric.ROC_AUC: _area(fall_out, recall),
        Metric.PR_AUC: _average_precision(hits, false, recall),
        Metric.RECALL: np.where(fall_out <= FALSE_POSITIVES_ALLOWED, recall, 0).max(axis=1),
        Metric.CALIBRATION_ERROR: _calibration_errors(scores, truth, weights),
    }


def _area(x: Floats, y: Floats) -> Floats:
    x = np.concatenate([np.zeros((len(x), 1)), x], axis=1)
    y = np.concatenate([np.zeros((len(y), 1)), y], axis=1)
    area: Floats = ((x[:, 1:] - x[:, :-1]) * (y[:, 1:] + y[:, :-1]) / 2).sum(axis=1)
    return area


def _average_precision(hits: Floats, false: Floats, recall: Floats) -> Floats:
    precision = hits / np.maximum(hits + false, 1e-12)
    steps = np.diff(recall, axis=1, prepend=0.0)
    average: Floats = (precision * steps).sum(axis=1)
    return average


def _calibration_errors(scores: Floats, truth: Truths, weights: Floats) -> Floats:
    starts = np.unique(np.linspace(0, len(scores), BINS + 1).astype(int)[:-1])
    mass = np.add.reduceat(weights, starts, axis=1)
    said = np.add.reduceat(weights * scores, starts, axis=1)
    seen = np.add.reduceat(weights * truth, starts, axis=1)
    error: Floats = np.abs(said - seen).sum(axis=1) / mass.sum(axis=1)
    return error


def calibration_error(probabilities: Floats, truths: Truths, *, bins: int = BINS) -> float:
    """Return the expected calibration error, in [0, 1]; 0 is perfect.

    Args:
        probabilities: shape (n,), each in [0, 1].
        truths: shape (n,).
        bins: equal-mass bins, so that rare high scores weigh in.

    Raises:
        ValueError: if n < bins.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 3.
    """
    if len(probabilities) < bins:
        raise ValueError(f"{bins} bins need as many texts, not {len(probabilities)}")
    order = np.argsort(-probabilities, kind="stable")
    parts = np.array_split(order, bins)
    gaps = [abs(probabilities[part].sum() - truths[part].sum()) for part in parts]
    return float(sum(gaps) / len(probabilities))


def roc_auc(scores: Floats, truths: Truths) -> float:
    """Return the chance that a positive scores above a negative; ties count half.

    Raises:
        ValueError: fewer than one positive or one negative.
    """
    return measure(scores, truths, seed=0, rounds=1)[Metric.ROC_AUC].value


def threshold_at(negative_scores: Floats, *, false_positives: float) -> float:
    """Return the lowest threshold that flags at most that share of these negatives.

    A text is flagged when its score is at or above the threshold.

    Raises:
        ValueError: there is no negative.
    """
    if not len(negative_scores):
        raise ValueError("no negatives to place a threshold among")
    ordered = np.sort(negative_scores)[::-1]
    allowed = int(false_positives * len(ordered))
    return float(np.nextafter(ordered[allowed], np.inf)) if allowed < len(ordered) else 0.0
