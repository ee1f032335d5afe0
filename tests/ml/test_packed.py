import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.packed import NUMBER_MAX, Packed, in_steps, step_of

ROWS = 50


def a_table(labels: int, *, seed: int = 0) -> tuple[Packed, np.ndarray]:
    """Return a table with a few rows that are too strong for bytes, and its numbers."""
    draw = np.random.default_rng(seed)
    numbers = draw.integers(-127, 128, (ROWS, labels)).astype(np.int16)
    numbers[::10, draw.integers(labels)] = draw.integers(128, NUMBER_MAX, ROWS // 10)
    numbers[5] = -127
    return Packed.of(numbers, np.arange(1.0, labels + 1) / 100), numbers


@pytest.mark.parametrize("labels", [1, 7, 8, 9, 17])
def test_a_table_gives_back_the_numbers_that_it_was_made_of(labels: int) -> None:
    table, numbers = a_table(labels)
    assert (len(table), table.labels) == (ROWS, labels)
    assert np.array_equal(table.numbers(), numbers)
    some = np.array([0, 5, 10, 49, 10], np.int32)
    assert np.array_equal(table.rows(some), numbers[some] * table.steps)


@given(
    st.integers(1, 10),
    st.lists(st.lists(st.integers(0, ROWS - 1), max_size=12), min_size=1, max_size=150),
)
def test_sums_are_those_of_the_rows_one_by_one(labels: int, texts: list[list[int]]) -> None:
    table, numbers = a_table(labels)
    columns = np.array([row for text in texts for row in text], np.int32)
    bounds = np.append(0, np.cumsum([len(text) for text in texts]))[None]
    expected = [numbers[text].astype(int).sum(axis=0) * table.steps for text in texts]
    assert np.array_equal(table.sums(columns, bounds), np.array(expected))


@given(st.lists(st.tuples(*[st.lists(st.integers(0, ROWS - 1), max_size=6)] * 2), min_size=1))
def test_the_families_of_a_text_are_summed_together(
    texts: list[tuple[list[int], list[int]]],
) -> None:
    table, numbers = a_table(8)
    families = [[text[k] for text in texts] for k in range(2)]
    columns = np.array([row for family in families for part in family for row in part], np.int32)
    sizes = [[len(part) for part in family] for family in families]
    ends = np.cumsum(np.ravel(sizes)).reshape(2, -1)
    bounds = np.stack([np.append(0, ends[0]), np.append(ends[0, -1], ends[1])])
    expected = [numbers[[*a, *b]].astype(int).sum(axis=0) * table.steps for a, b in texts]
    assert np.array_equal(table.sums(columns, bounds), np.array(expected))


def test_a_long_text_does_not_overflow() -> None:
    table, numbers = a_table(8)
    columns = np.resize(np.arange(ROWS, dtype=np.int32), 400_000)
    total = table.sums(columns, np.array([[0, len(columns)]]))
    assert np.array_equal(total[0], numbers.astype(int).sum(axis=0) * 8000 * table.steps)


def test_a_weight_is_rounded_to_the_nearest_step() -> None:
    weights = np.random.default_rng(0).standard_t(3, 10_000)
    step = step_of(weights)
    off = np.abs(in_steps(weights, step) * step - weights)
    assert off.max() <= step / 2
    assert (np.abs(in_steps(weights, step)) > 127).mean() == pytest.approx(0.002, abs=0.0005)


def test_one_huge_weight_makes_steps_longer_rather_than_overflow() -> None:
    weights = np.append(np.full(1000, 0.001), 1e6)
    numbers = in_steps(weights, step_of(weights))
    assert numbers[-1] == NUMBER_MAX
    assert not numbers[:-1].any()


def test_a_label_that_was_not_learned_has_no_step() -> None:
    assert step_of(np.zeros(5)) == 0
    assert not in_steps(np.zeros(5), 0).any()


def test_a_text_alone_and_among_others_has_the_same_sums_up_to_the_longest() -> None:
    table, _ = a_table(8)
    for size in (0, 1, 65_536, 65_537):
        columns = np.resize(np.arange(ROWS, dtype=np.int32), size)
        alone = table.sums(columns, np.array([[0, size]]))
        twice = table.sums(np.tile(columns, 2), np.array([[0, size, 2 * size]]))
        assert np.array_equal(np.vstack([alone, alone]), twice)
