"""Is the challenger better than the champion, and can the difference be chance?

Both score the same texts, so what is drawn again and again in the bootstrap is pairs: the interval
is of the *difference*. Texts of one group (a thread, the fillings of a template) are drawn together
or not at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.dataset import LABELS
from ml.labels import Label
from ml.metrics import Estimate

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ROUNDS = 400
_CHUNK = 50
# What a moderator rejects for. Swearing at nobody harms nobody, and is left to the site.
HARMS = tuple(label for label in LABELS if label is not Label.OBSCENITY)
_HARMS = [LABELS.index(label) for label in HARMS]

# Scores, truths, weights by round of shape (rounds, n) → a value for each round.
Measure = Callable[[Floats, Bools, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of both, and the 95 % interval of challenger less champion."""

    champion: float
    challenger: float
    difference: Estimate


def harm(scores: Floats) -> Floats:
    """Return the highest probability of any harm, shape (n,), from scores of shape (n, labels)."""
    return np.asarray(scores[:, _HARMS].max(axis=1), np.float64)


def is_harmful(targets: Floats) -> Bools:
    """Return which texts are said to do harm, from targets of shape (n, labels), NaN unknown."""
    return np.asarray((np.nan_to_num(targets[:, _HARMS]) > 0.5).any(axis=1))  # noqa: PLR2004


def compare(
    measure: Measure,
    champion: Floats,
    challenger: Floats,
    truths: Bools,
    *,
    weights: Floats | None = None,
    groups: Sequence[str] | None = None,
    seed: int,
    rounds: int = ROUNDS,
) -> Difference:
    """Return how far apart two scorings of the same texts are.

    Args:
        measure: what is compared.
        champion: its scores, shape (n,).
        challenger: its scores, shape (n,).
        truths: shape (n,).
        weights: how many texts each stands for, shape (n,); one by default.
        groups: texts that are drawn together; each by itself by default.
        seed: of the draws.
        rounds: how many.

    Raises:
        ValueError: there is no positive, or no negative.
    """
    if truths.all() or not truths.any():
        raise ValueError("comparing needs at least one positive and one negative")
    stands_for = np.ones(len(truths)) if weights is None else weights
    one, other = (
        float(measure(scores, truths, stands_for[None])[0]) for scores in (champion, challenger)
    )
    apart = np.concatenate(
        [
            measure(challenger, truths, drawn) - measure(champion, truths, drawn)
            for drawn in _drawn(stands_for, groups, rounds=rounds, seed=seed)
        ]
    )
    low, high = np.percentile(apart, [2.5, 97.5])
    return Difference(one, other, Estimate(other - one, float(low), float(high)))


def _drawn(
    weights: Floats, groups: Sequence[str] | None, *, rounds: int, seed: int
) -> Sequence[Floats]:
    """Return how much each text counts in each round, in chunks of shape (rounds, n)."""
    draws = np.random.default_rng(seed)
    if groups is None:
        place, count = np.arange(len(weights)), len(weights)
    else:
        names, place = np.unique(np.array(groups), return_inverse=True)
        count = len(names)
    chunks = []
    for start in range(0, rounds, _CHUNK):
        size = min(_CHUNK, rounds - start)
        counts = draws.multinomial(count, np.full(count, 1 / count), size=size)
        chunks.append(np.asarray(counts[:, place] * weights, np.float64))
    return chunks


def average_precision(scores: Floats, truths: Bools, weights: Floats) -> Floats:
    """Return the area under precision and recall; 0 in a round without a positive."""
    order = np.argsort(-scores, kind="stable")
    ordered, truth, weight = scores[order], truths[order], weights[:, order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    hits = np.cumsum(weight * truth, axis=1)[:, last]
    false = np.cumsum(weight * ~truth, axis=1)[:, last]
    recall = hits / np.maximum(hits[:, -1:], 1e-12)
    precision = hits / np.maximum(hits + false, 1e-12)
    return np.asarray((precision * np.diff(recall, axis=1, prepend=0.0)).sum(axis=1), np.float64)


def workload(*, reject: float, approve: float) -> Measure:
    """Return the measure of what is left to people at fixed errors.

    Args:
        reject: at least this share of what is rejected unseen would be rejected by a person.
        approve: at most this share of what is published unseen would be.

    Its value is the share of texts, in [0, 1], that lie between the two thresholds that settle most
    and keep both promises on the very texts.
    """

    def measure(scores: Floats, truths: Bools, weights: Floats) -> Floats:
        total = np.maximum(weights.sum(axis=1), 1e-12)
        rejected = _settled(-scores, truths, weights, wanted=reject)
        published = _settled(scores, ~truths, weights, wanted=1 - approve)
        return np.asarray(np.maximum(1 - (rejected + published) / total, 0.0), np.float64)

    return measure


def _settled(keys: Floats, right: Bools, weights: Floats, *, wanted: float) -> Floats:
    """Return the weight of the longest run from the lowest key of which ``wanted`` is right."""
    order = np.argsort(keys, kind="stable")
    ordered, truth, weight = keys[order], right[order], weights[:, order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    everything = np.cumsum(weight, axis=1)[:, last]
    hits = np.cumsum(weight * truth, axis=1)[:, last]
    return np.asarray(np.where(hits >= wanted * everything, everything, 0).max(axis=1), np.float64)


def calibration_error(scores: Floats, truths: Bools, weights: Floats) -> Floats:
    """Return the expected calibration error in 15 bins of equal mass, by round."""
    order = np.argsort(-scores, kind="stable")
    starts = np.unique(np.linspace(0, len(order), _BINS + 1).astype(int)[:-1])
    weight = weights[:, order]
    said = np.add.reduceat(weight * scores[order], starts, axis=1)
    seen = np.add.reduceat(weight * truths[order], starts, axis=1)
    total = np.maximum(weight.sum(axis=1), 1e-12)
    return np.asarray(np.abs(said - seen).sum(axis=1) / total, np.float64)


_BINS = 15


def flagged_share(limit: float) -> Measure:
    """Return the measure of which share of the innocent reaches ``limit``."""

    def measure(scores: Floats, truths: Bools, weights: Floats) -> Floats:
        calm = weights * ~truths
        share = (calm * (scores >= limit)).sum(axis=1) / np.maximum(calm.sum(axis=1), 1e-12)
        return np.asarray(share, np.float64)

    return measure
