from itertools import chain

import numpy as np
import pytest

from ml.adapter_batches import (
    LENGTHS,
    NEVER_LEFT_OUT,
    PIECES_PER_STEP,
    BoolArray,
    batches,
    by_length,
    leave_out,
)


@pytest.fixture
def texts() -> list[list[int]]:
    """Return the pieces of texts of any length, each text's first piece its number."""
    lengths = np.random.default_rng(0).integers(3, LENGTHS[-1], 2000, endpoint=True)
    return [[number, *[0] * (int(length) - 1)] for number, length in enumerate(lengths)]


def a_mask(rows: int = 400, length: int = 64) -> BoolArray:
    """Return which pieces are there of texts from the shortest to the longest that fit."""
    ends = np.linspace(NEVER_LEFT_OUT, length, rows).astype(int)
    return np.arange(length) < ends[:, None]


def drawn(mask: BoolArray, share: float, seed: int = 1) -> BoolArray:
    return leave_out(mask, share, np.random.default_rng(seed))


def test_texts_read_together_are_of_like_length_and_fill_their_step(
    texts: list[list[int]],
) -> None:
    found = list(batches(texts, np.random.default_rng(1)))
    for length, rows in found:
        shorter = max((one for one in LENGTHS if one < length), default=0)
        assert all(shorter < len(texts[row]) <= length for row in rows)
        assert len(rows) == PIECES_PER_STEP // length
    read = list(chain.from_iterable(rows for _, rows in found))
    assert len(set(read)) == len(read)
    assert len(texts) - len(read) < sum(PIECES_PER_STEP // length for length in LENGTHS)


def test_the_seed_alone_decides_which_texts_are_read_together(texts: list[list[int]]) -> None:
    first, again, other = (list(batches(texts, np.random.default_rng(n))) for n in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_text_is_among_those_of_its_length(texts: list[list[int]]) -> None:
    found = list(by_length(texts))
    assert all(len(text) <= length for length, alike in found for text in alike)
    assert sorted(text[0] for _, alike in found for text in alike) == list(range(len(texts)))


def test_such_a_share_of_the_pieces_is_left_out_and_nothing_is_moved_or_added() -> None:
    mask = a_mask()
    before = mask.copy()
    read = drawn(mask, 0.06)
    assert not (read & ~mask).any()  # where nothing stands, nothing is read
    behind = mask[:, NEVER_LEFT_OUT:]
    assert 1 - read[:, NEVER_LEFT_OUT:][behind].mean() == pytest.approx(0.06, abs=0.01)
    assert np.array_equal(mask, before)


def test_the_seed_alone_decides_which_pieces_are_left_out() -> None:
    mask = a_mask()
    assert np.array_equal(drawn(mask, 0.06, seed=1), drawn(mask, 0.06, seed=1))
    assert not np.array_equal(drawn(mask, 0.06, seed=1), drawn(mask, 0.06, seed=2))


def test_the_next_texts_are_left_other_pieces() -> None:
    draws = np.random.default_rng(1)
    mask = a_mask()
    assert not np.array_equal(leave_out(mask, 0.06, draws), leave_out(mask, 0.06, draws))


def test_with_a_share_of_nothing_every_piece_is_read() -> None:
    assert np.array_equal(drawn(a_mask(), 0.0), a_mask())


def test_what_stands_before_every_text_is_read_whatever_is_left_out() -> None:
    read = drawn(a_mask(), 1.0)
    assert read[:, :NEVER_LEFT_OUT].all()
    assert not read[:, NEVER_LEFT_OUT:].any()
