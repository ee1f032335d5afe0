import numpy as np
import pytest
from scipy.sparse import csr_array, hstack

from ml.classifier import beside

ROWS, WIDTH = 30, 50


@pytest.mark.parametrize("seed", range(8))
def test_tables_side_by_side_are_what_scipy_makes_of_them(seed: int) -> None:
    draws = np.random.default_rng(seed)
    ends = np.append(0, np.cumsum(draws.integers(0, 40, ROWS))).astype(np.int32)
    left = csr_array(
        (
            draws.random(ends[-1]).astype(np.float32),
            draws.integers(0, WIDTH, ends[-1]).astype(np.int32),  # a row may hold one place twice
            ends,
        ),
        (ROWS, WIDTH),
    )
    some = draws.random((ROWS, 5)) * (draws.random((ROWS, 5)) < 0.4)
    right = csr_array(some.astype(np.float32))
    expected, found = hstack([left, right], "csr"), beside(left, right)
    assert found.shape == expected.shape
    for of_found, of_expected in zip(
        (found.indptr, found.indices, found.data),
        (expected.indptr, expected.indices, expected.data),
        strict=True,
    ):
        assert of_found.dtype == of_expected.dtype
        assert np.array_equal(of_found, of_expected)
