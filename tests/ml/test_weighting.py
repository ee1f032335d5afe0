import numpy as np
import pytest
from scipy.sparse import csr_array

from ml import weighting

# Columns: in every text, in both classes alike, in one class only, in a single text; a plain one.
TABLE = csr_array(
    np.array([[1, 1, 1, 0, 1], [1, 0, 1, 0, 1], [1, 1, 0, 1, 1], [1, 0, 0, 0, 1]], np.float32)
)
SAYS = np.array([True, True, False, False])


def _scales(**powers: float) -> np.ndarray:
    chosen = {"rarity": 1.0, "contrast": 1.0} | powers
    return weighting.scales(TABLE, SAYS, np.ones(4), plain=1, **chosen)


def test_what_stands_in_one_class_counts_more_than_what_stands_in_both() -> None:
    everywhere, both, one, _, _ = _scales(rarity=0)
    assert one > both
    assert one > everywhere


def test_rare_n_grams_count_more_than_frequent_ones() -> None:
    everywhere, both, _, single, _ = _scales(contrast=0)
    assert single > both > everywhere


def test_columns_that_are_no_n_grams_keep_their_scale() -> None:
    assert _scales()[-1] == 1


def test_the_scale_is_one_on_average_over_the_entries() -> None:
    found = _scales()[TABLE.indices[TABLE.indices < 4]]
    assert found[found > 0].mean() == pytest.approx(1)


def test_without_powers_every_n_gram_counts_alike() -> None:
    assert np.allclose(_scales(rarity=0, contrast=0), 1)
