"""Metrics agree with scikit-learn's, and intervals cover what they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from ml.metrics import Metric, calibration_error, measure, roc_auc, threshold_at

pairs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9, 1.0]), st.booleans()),
    min_size=2,
    max_size=60,
).filter(lambda drawn: 0 < sum(truth for _, truth in drawn) < len(drawn))


@given(pairs)
def test_areas_are_those_of_scikit_learn_ties_included(drawn: list[tuple[float, bool]]) -> None:
    scores, truths = np.array([s for s, _ in drawn]), np.array([t for _, t in drawn])
    measured = measure(scores, truths, seed=0, rounds=2)
    assert measured[Metric.ROC_AUC].value == pytest.approx(roc_auc_score(truths, scores))
    assert measured[Metric.PR_AUC].value == pytest.approx(average_precision_score(truths, scores))


@given(pairs)
def test_intervals_are_ordered_and_within_range(drawn: list[tuple[float, bool]]) -> None:
    scores, truths = np.array([s for s, _ in drawn]), np.array([t for _, t in drawn])
    for estimate in measure(scores, truths, seed=3, rounds=20).values():
        assert -1e-9 <= estimate.low <= estimate.high <= 1 + 1e-9


def test_recall_is_taken_where_one_in_twenty_negatives_is_flagged() -> None:
    scores = np.concatenate([np.linspace(0, 0.99, 100), [0.5, 0.945, 0.99, 0.995]])
    truths = np.arange(104) >= 100
    recall = measure(scores, truths, seed=0, rounds=1)[Metric.RECALL].value
    assert recall == 0.75


def test_scores_that_mean_what_they_say_have_no_calibration_error() -> None:
    draw = np.random.default_rng(5)
    honest = draw.random(50_000)
    truths = draw.random(50_000) < honest
    assert calibration_error(honest, truths) < 0.01
    assert calibration_error(honest**3, truths) > 0.1
    both = measure(honest, truths, seed=1, rounds=1)[Metric.CALIBRATION_ERROR].value
    assert both == pytest.approx(calibration_error(honest, truths), abs=1e-3)


def test_calibration_needs_a_text_per_bin() -> None:
    with pytest.raises(ValueError, match="15 bins"):
        calibration_error(np.ones(3), np.ones(3, bool))


def test_nothing_is_measured_without_both_kinds() -> None:
    with pytest.raises(ValueError, match="one positive and one negative"):
        roc_auc(np.array([0.1, 0.2]), np.array([True, True]))


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    draw = np.random.default_rng(2)
    covered = 0
    for seed in range(60):
        truths = np.arange(400) < 150
        scores = draw.normal(size=400) + truths  # the true area is Φ(1/√2) = 0.7602
        interval = measure(scores, truths, seed=seed)[Metric.ROC_AUC]
        covered += interval.low <= 0.7602 <= interval.high
    assert covered >= 51


@given(st.lists(st.floats(0, 1), min_size=1, max_size=80), st.floats(0, 1))
def test_a_threshold_never_flags_more_than_allowed(scores: list[float], share: float) -> None:
    negatives = np.array(scores)
    threshold = threshold_at(negatives, false_positives=share)
    assert (negatives >= threshold).mean() <= share or share == 1
