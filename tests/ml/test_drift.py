"""How far a population has moved, by the index that credit scoring uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.drift import SCORE_EDGES, in_cells, stability_index, told_apart, unseen_share
from ml.predict import Predictor

counts = st.lists(st.integers(1, 1000), min_size=2, max_size=8)


@given(counts)
def test_a_population_is_like_itself_and_like_itself_ten_times(cells: list[int]) -> None:
    assert stability_index(cells, cells) == pytest.approx(0)
    assert stability_index(cells, [10 * each for each in cells]) < 0.05


@given(counts, st.data())
def test_the_index_is_never_negative_and_the_same_both_ways(
    cells: list[int], data: st.DataObject
) -> None:
    other = data.draw(st.lists(st.integers(1, 1000), min_size=len(cells), max_size=len(cells)))
    assert stability_index(cells, other) >= 0
    assert stability_index(cells, other) == pytest.approx(stability_index(other, cells))


def test_what_is_turned_around_is_another_population() -> None:
    assert stability_index([900, 100], [100, 900]) > 1
    assert stability_index([500, 500], [480, 520]) < 0.01


def test_an_empty_cell_makes_the_index_large_and_not_infinite() -> None:
    assert 0.1 < stability_index([100, 0], [80, 20]) < 10


@pytest.mark.parametrize(("before", "now"), [([1], [1, 2]), ([0, 0], [1, 1]), ([1, 1], [0, 0])])
def test_what_cannot_be_compared_is_refused(before: list[int], now: list[int]) -> None:
    with pytest.raises(ValueError, match="must"):
        stability_index(before, now)


@given(st.lists(st.floats(0, 1), max_size=50))
def test_every_score_lies_in_one_cell(scores: list[float]) -> None:
    cells = in_cells(scores)
    assert (len(cells), sum(cells)) == (len(SCORE_EDGES) + 1, len(scores))


def test_words_that_the_model_never_met_are_unseen() -> None:
    bundled = Predictor.bundled(alone=True)
    weights = bundled.model.classifier.weights_
    known, strange = (
        unseen_share(bundled.features([text]), weights)
        for text in (
            "The government and the people",
            "The xqzvw of the jklpf and the vbnmkzq wyzzxj",
        )
    )
    assert known < strange
    assert unseen_share(bundled.features([""]), weights) == 0


def test_words_tell_topics_apart_and_not_the_same_topic_said_twice() -> None:
    water = [f"The water in house {number} was cold again, thank you" for number in range(60)]
    vote = [f"They count our votes in school {number} until morning" for number in range(60)]
    assert told_apart(water, vote) > 0.95
    assert told_apart(water, water[::-1]) < 0.6
