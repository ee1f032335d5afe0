"""Whether one scoring of texts is better than another, and whether that can be chance."""

import numpy as np
import pytest

from ml.comparison import average_precision, compare, flagged_share, workload

DRAW = np.random.default_rng(3)
TRUTHS = DRAW.random(600) < 0.3
SURE = np.where(TRUTHS, 0.7, 0.3) + DRAW.normal(0, 0.1, 600)
DOUBTFUL = np.where(TRUTHS, 0.55, 0.45) + DRAW.normal(0, 0.2, 600)


def test_the_interval_of_a_real_difference_lies_above_nothing() -> None:
    found = compare(average_precision, DOUBTFUL, SURE, TRUTHS, seed=1)
    assert 0 < found.difference.low < found.difference.value < found.difference.high
    assert found.challenger - found.champion == pytest.approx(found.difference.value)


def test_the_same_scores_differ_by_nothing() -> None:
    found = compare(average_precision, SURE, SURE, TRUTHS, seed=1)
    assert (found.difference.low, found.difference.high) == (0, 0)


def test_texts_of_one_group_count_as_one_draw() -> None:
    alone = compare(average_precision, DOUBTFUL, SURE, TRUTHS, seed=1).difference
    groups = [str(row // 60) for row in range(600)]
    tied = compare(average_precision, DOUBTFUL, SURE, TRUTHS, groups=groups, seed=1).difference
    assert tied.value == alone.value
    assert (tied.low, tied.high) != (alone.low, alone.high)


def test_without_both_kinds_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="at least one positive and one negative"):
        compare(average_precision, SURE, SURE, np.ones(600, bool), seed=1)


def test_the_workload_is_what_lies_between_the_two_promises() -> None:
    scores = np.array([0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    truths = np.array([False, False, True, False, True, True])
    ones = np.ones((1, 6))
    # Two are published and two rejected without an error; the middle is left to people.
    assert workload(reject=1.0, approve=0.0)(scores, truths, ones)[0] == pytest.approx(2 / 6)
    # One error in three may be made: nothing is left.
    assert workload(reject=0.6, approve=0.4)(scores, truths, ones)[0] == 0


def test_a_rounds_weights_say_how_often_a_text_was_drawn() -> None:
    scores, truths = np.array([0.1, 0.6, 0.9]), np.array([False, False, True])
    twice = np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 1.0]])
    assert flagged_share(0.5)(scores, truths, twice).tolist() == [0.5, 0.25]
