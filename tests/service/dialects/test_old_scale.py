"""Perspective's scale: order is kept, and an old threshold of 0.8 lies where it was measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Label
from service.dialects import old_scale

labels = st.sampled_from(Label)
probabilities = st.floats(0, 1)


@given(labels, probabilities, probabilities)
def test_a_higher_probability_never_has_a_lower_score(label: Label, one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert 0 <= old_scale.of(label, low) <= old_scale.of(label, high) <= 1


def test_the_old_thresholds_lie_where_as_many_comments_reach_them_as_readers_found_toxic() -> None:
    assert old_scale.of(Label.TOXICITY, 0.703) == pytest.approx(0.5, abs=0.01)
    assert old_scale.of(Label.TOXICITY, 0.902) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("label", [label for label in Label if label not in old_scale.LINES])
def test_a_label_without_ratings_stays_as_it_is(label: Label) -> None:
    assert old_scale.of(label, 0.8) == 0.8
