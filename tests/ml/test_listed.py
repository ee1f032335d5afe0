"""Which words of a text are found to be listed, and in which list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.features import Grams, entries
from ml.hashing import words
from ml.listed import Listed
from ml.normalise import normalise_many

LISTS = {"b": ["Жулик", "crook", "two words"], "a": ["crook", "жулики", "ahmoq", "f*ck"]}
LISTED = Listed.of(LISTS)
SIZES = range(3, 6)


def _found(text: str) -> list[str]:
    """Return the listed words of a text, as they are read."""
    rows = normalise_many([text]).folded
    every = words(rows.codes)
    ends = dict(zip(every.starts.tolist(), every.ends.tolist(), strict=True))
    places = LISTED.grams(every).places.tolist()
    return [rows.codes[at : ends[at]].tobytes().decode("utf-32-le") for at in places]


def test_a_listed_word_is_found_in_either_script_however_it_is_disguised() -> None:
    assert _found("Он жулик, a CROOK and a сrооk; аҳмоқ! fuck") == [
        "julik",
        "crook",
        "crook",
        "ahmok",
        "fuck",
    ]


def test_parts_of_words_and_entries_of_several_words_are_not_found() -> None:
    assert _found("crooked, two words, жуликом") == []


def test_a_word_of_two_lists_counts_for_the_first_by_name() -> None:
    of_each = [
        LISTED.grams(words(normalise_many([w]).folded.codes)).hashes for w in ("crook", "жулик")
    ]
    assert of_each[0] == LISTED.grams(words(normalise_many(["жулики"]).folded.codes)).hashes
    assert of_each[0] != of_each[1]


@given(st.lists(st.sampled_from(["crook", "жулик", "cat", "ahmoq", ",", ""]), max_size=8))
def test_lists_add_one_family_behind_the_others_and_change_nothing_else(parts: list[str]) -> None:
    rows = normalise_many([" ".join(parts), "a crook"]).folded
    without = entries(rows, hash_bits=16, sizes=SIZES)
    with_lists = entries(rows, hash_bits=16, sizes=SIZES, listed=LISTED)
    size = len(without.columns)
    assert np.array_equal(with_lists.columns[:size], without.columns)
    expected = sum(part in {"crook", "жулик", "ahmoq"} for part in parts) + 1
    assert (with_lists.families == without.families.max(initial=4) + 1).sum() == expected
    assert with_lists.bounds[-1, -1] - with_lists.bounds[-1, 0] == expected


def test_an_artifact_of_other_lists_reads_texts_in_another_way() -> None:
    probed = Listed.of({"a": ["sukin"]})
    assert Grams(listed=probed).fingerprint() != Grams().fingerprint()


@pytest.mark.parametrize(
    ("hashes", "lists"), [([3, 1], [0, 0]), ([1, 1], [0, 0]), ([1, 2], [0]), ([], [0])]
)
def test_what_is_no_list_of_words_is_refused(hashes: list[int], lists: list[int]) -> None:
    with pytest.raises(ValueError, match="hashes in order"):
        Listed(np.array(hashes, np.uint32), np.array(lists, np.uint8))
