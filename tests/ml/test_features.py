from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.features import Grams, entries
from ml.labels import Language
from ml.language import LANGUAGES
from ml.normalise import normalise_many

SIZES = range(2, 6)
texts_of_letters = st.text(alphabet="abc xyz.", max_size=30)


def _grams_by_hand(text: str) -> dict[int, list[str]]:
    """Count the n-grams of a normalised text the slow way, family by family."""
    framed = f" {text} " if text else " "
    found: dict[int, list[str]] = {}
    for family, size in enumerate(SIZES):
        pieces = [framed[i : i + size] for i in range(len(framed) - size + 1)]
        found[family] = [p for p in pieces if p.strip() and " " not in p[1:-1]]
    words = "".join(c if c.isalnum() else " " for c in text).split()
    found[len(SIZES)] = words
    found[len(SIZES) + 1] = [f"{a} {b}" for a, b in pairwise(words)]
    return found


@given(texts_of_letters)
def test_the_n_grams_of_a_text_are_those_counted_by_hand(text: str) -> None:
    rows = normalise_many([text]).folded
    families = entries(rows, hash_bits=20, sizes=SIZES).families
    for family, grams in _grams_by_hand(rows.texts()[0]).items():
        assert (families == family).sum() == len(grams)


@given(st.lists(texts_of_letters, min_size=1, max_size=6))
def test_equal_n_grams_share_a_column_and_different_ones_hardly_ever(texts: list[str]) -> None:
    seen: dict[tuple[int, str], int] = {}
    for text in texts:
        rows = normalise_many([text]).folded
        found = entries(rows, hash_bits=22, sizes=SIZES)
        by_hand = _grams_by_hand(rows.texts()[0])
        for family in range(len(SIZES) + 2):
            columns = found.columns[found.families == family].tolist()
            for gram, column in zip(by_hand[family], columns, strict=True):
                assert seen.setdefault((family, gram), column) == column
    assert len(set(seen.values())) >= len(seen) - 1


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_a_text_has_the_same_features_alone_and_among_others(texts: list[str]) -> None:
    grams = Grams(hash_bits=12)
    together = grams.transform(normalise_many(texts))
    for i, text in enumerate(texts):
        alone = grams.transform(normalise_many([text]))
        start, end = together.grams.indptr[i : i + 2]
        assert np.array_equal(together.grams.indices[start:end], alone.grams.indices)
        assert np.array_equal(together.grams.data[start:end], alone.grams.data)
        assert np.array_equal(together.languages[i], alone.languages[0])


def test_many_texts_are_hashed_in_chunks_as_if_at_once() -> None:
    texts = [f"text number {i} of many" for i in range(600)]
    features = Grams(hash_bits=12).transform(normalise_many(texts))
    assert features.grams.shape == (600, 1 << 12)
    last = Grams(hash_bits=12).transform(normalise_many(texts[-1:]))
    assert np.array_equal(features.grams[[599]].toarray(), last.grams.toarray())


@pytest.mark.parametrize("copies", [1, 7, 40])
def test_a_text_said_many_times_weighs_no_more_than_its_square_root(copies: int) -> None:
    features = Grams(hash_bits=12).transform(normalise_many(["spam eggs " * copies]))
    values = features.grams.data
    assert values.sum() == pytest.approx(np.sqrt(len(values)), rel=1e-5)


IN_TURN = [
    "You are late again, friend",
    "Ты опять опоздал, мой друг",
    "What a good day",
    "Мой сосед",
]


def test_a_language_with_a_table_of_its_own_is_looked_up_behind_the_others() -> None:
    apart = Grams(hash_bits=12, own_tables=(Language.RUSSIAN,)).transform(normalise_many(IN_TURN))
    shared = Grams(hash_bits=12).transform(normalise_many(IN_TURN))
    assert apart.tables.tolist() == [0, 1, 0, 1]
    assert apart.width == 2 * shared.width
    here, there = apart.grams.toarray(), shared.grams.toarray()
    for row, table in enumerate(apart.tables.tolist()):
        start = table * shared.width
        assert np.array_equal(here[row, start : start + shared.width], there[row])
        assert here[row].sum() == pytest.approx(there[row].sum())
    assert np.array_equal(apart.in_one_table().grams.toarray(), there)


def test_a_text_lies_in_the_same_table_alone_and_among_others() -> None:
    grams = Grams(hash_bits=12, own_tables=(Language.ENGLISH, Language.RUSSIAN))
    together = grams.transform(normalise_many(IN_TURN)).grams.toarray()
    for row, text in enumerate(IN_TURN):
        alone = grams.transform(normalise_many([text])).grams.toarray()
        assert np.array_equal(together[[row]], alone)


def test_the_columns_of_every_table_hold_those_of_each_language() -> None:
    grams = Grams(hash_bits=12, own_tables=(Language.ENGLISH, Language.RUSSIAN))
    named = grams.transform(normalise_many(["Kazakh"]))
    [size] = named.sizes
    assert len(named.columns_of_every_table) == 3 * size
    assert set(named.columns) < set(named.columns_of_every_table)
    assert {column % 4096 for column in named.columns_of_every_table} == {
        column % 4096 for column in named.columns
    }


def test_what_a_sender_says_of_a_language_moves_no_text_to_another_table() -> None:
    grams = Grams(hash_bits=12, own_tables=(Language.RUSSIAN,))
    batch = normalise_many(["ok brat", "salom brat", "Ты опять опоздал"])
    plain = grams.transform(batch)
    for hint in (Language.RUSSIAN, Language.UZBEK):
        hinted = grams.transform(batch, hints=[hint] * 3)
        assert np.array_equal(hinted.columns, plain.columns)
        assert not np.array_equal(hinted.languages, plain.languages)


def test_a_text_in_a_table_of_its_own_goes_by_that_language_alone() -> None:
    grams = Grams(hash_bits=12, own_tables=(Language.ENGLISH, Language.RUSSIAN))
    features = grams.transform(normalise_many([*IN_TURN, "Бүгін ауа райы жақсы"]))
    for row, table in enumerate(features.tables.tolist()):
        if table:
            place = LANGUAGES.index(grams.own_tables[table - 1])
            assert features.spoken[row].tolist() == np.eye(len(LANGUAGES))[place].tolist()
        else:
            assert np.array_equal(features.spoken[row], features.languages[row])
    assert 0 in features.tables
