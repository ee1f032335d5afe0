"""How far today's comments are from those that a model was met with at first.

Sources: the population stability index as of Siddiqi, "Credit Risk Scorecards" (2006), ch. 8; its
customary reading: below 0.1 nothing moved, from 0.25 a population is another one.
"""

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

# An empty cell would make the index infinite; so many cases are added to each.
_SMOOTHING = 0.5
_STEM = 5
_WORD = re.compile(r"[^\W\d_]{3,}")
SCORE_EDGES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95)


def stability_index(expected: Sequence[int], observed: Sequence[int]) -> float:
    """Return the population stability index of two counts over the same cells; 0: alike.

    Raises:
        ValueError: the cells differ, or one of them was never counted.
    """
    if len(expected) != len(observed):
        raise ValueError("both must be counted over the same cells")
    before, now = (np.asarray(each, float) for each in (expected, observed))
    if not before.sum() or not now.sum():
        raise ValueError("both must have been counted")
    before, now = ((each + _SMOOTHING) / (each + _SMOOTHING).sum() for each in (before, now))
    return float(((now - before) * np.log(now / before)).sum())


def in_cells(scores: Sequence[float]) -> list[int]:
    """Return how many probabilities lie in each cell between the edges; most lie near 0."""
    cells = np.digitize(scores, SCORE_EDGES)
    return [int(count) for count in np.bincount(cells, minlength=len(SCORE_EDGES) + 1)]


class _Features(Protocol):
    columns: npt.NDArray[np.int32]


class _Weights(Protocol):
    def rows(self, columns: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]: ...


def unseen_share(features: _Features, weights: _Weights) -> float:
    """Return the share of n-grams that no label weighs: the model never met what they stand for.

    Different n-grams may share a place in the table, so the truth is somewhat above it; compared
    with an earlier share of the same model, it tells of new words.
    """
    if not len(features.columns):
        return 0.0
    return float(1 - (weights.rows(features.columns) != 0).any(axis=1).mean())


def told_apart(before: Sequence[str], now: Sequence[str]) -> float:
    """Return how well the words tell texts of now from those before: the area under the ROC curve.

    0.5: not at all, the same is spoken of; 1: at a glance. Measured on texts that the classifier
    was not fitted on, in five parts.

    Source: Lopez-Paz and Oquab 2017, "Revisiting Classifier Two-Sample Tests".
    """
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415 - slow to load
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415

    # Words lose their endings, of which Russian and Uzbek have many.
    stems = [" ".join(word[:_STEM] for word in _WORD.findall(t.lower())) for t in [*before, *now]]
    table = HashingVectorizer(n_features=2**16, binary=True, alternate_sign=False).transform(stems)
    is_new = np.repeat([0, 1], [len(before), len(now)])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegression(class_weight="balanced")
    found = cross_val_predict(model, table, is_new, cv=folds, method="decision_function")
    return float(roc_auc_score(is_new, found))
