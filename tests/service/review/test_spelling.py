import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.review.spelling import by_edits, edits

WORDS = st.text("abcd", max_size=8)


@pytest.mark.parametrize(
    ("misspelled", "word", "number"),
    [
        ("guards", "guards", 0),
        ("guard", "guards", 0),
        ("gaurds", "guards", 1),
        ("gards", "guards", 1),
        ("guuards", "guards", 1),
        ("guerds", "guardsman", 1),
        ("terorizm", "terrorism", 2),
        ("", "anything", 0),
        ("abc", "", 3),
    ],
)
def test_edits_are_counted_up_to_the_misspelled_end(
    misspelled: str, word: str, number: int
) -> None:
    assert edits(misspelled, word) == number


@given(WORDS, WORDS)
def test_a_beginning_takes_no_edit_and_nothing_takes_more_than_its_letters(
    word: str, rest: str
) -> None:
    assert edits(word, word + rest) == 0
    assert edits(word, rest) <= len(word)


@given(WORDS, WORDS, st.sampled_from("abcd"))
def test_one_letter_more_is_one_edit_more_at_most(one: str, other: str, letter: str) -> None:
    assert abs(edits(one + letter, other) - edits(one, other)) <= 1


def test_the_likest_come_first_and_others_not_at_all() -> None:
    words = ["garden", "guarding", "guards", "gurads", "gravel"]
    assert by_edits("guards", words) == ["guards", "guarding", "gurads", "garden"]
    assert by_edits("gaot", ["goats", "boat", "gnat"]) == ["goats"]
