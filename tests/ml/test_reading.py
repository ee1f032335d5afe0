"""What the encoder is given to read of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.reading import read
from ml.transliterate import uzbek_in_latin


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("Бугун ҳаво жуда яхши, кўчага чиқамиз.", "bugun havo juda yaxshi, ko'chaga chiqamiz."),
        (
            "Bugun havo juda yaxshi, ko‘chaga chiqamiz.",
            "bugun havo juda yaxshi, ko'chaga chiqamiz.",
        ),
        ("Сегодня тёплая погода.", "сегодня тёплая погода."),
        ("Бүгін ауа райы өте жақсы екен.", "бүгін ауа райы өте жақсы екен."),
        ("Sooooo g00d, you 1d10t", "so good, you idiot"),
        ("", ""),
    ],
)
def test_a_text_is_read_undisguised_and_uzbek_in_latin_letters(written: str, reads: str) -> None:
    assert read([written]) == [reads]


def test_ye_begins_a_word_and_follows_a_vowel_in_latin_uzbek() -> None:
    assert uzbek_in_latin("Ер, поезд, келди") == "yer, poyezd, keldi"


@given(st.lists(st.text(max_size=30), max_size=5))
def test_a_text_reads_alone_as_among_others(texts: list[str]) -> None:
    assert read(texts) == [one for text in texts for one in read([text])]
