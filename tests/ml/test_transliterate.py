import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import transliterate
from ml.normalise import normalise

words = st.text(alphabet="абвгдежзийклмнопрстуфхчшыэюя ", max_size=20)


@given(words)
def test_russian_typed_in_latin_has_no_cyrillic_left(text: str) -> None:
    assert not any("\u0400" <= letter < "\u0530" for letter in transliterate.russian_to_latin(text))


@pytest.mark.parametrize("word", ["ўзбек", "ғишт", "чўл", "шаҳар", "қовун", "яхши", "юрак"])
def test_uzbek_in_either_script_normalises_alike(word: str) -> None:
    latin = transliterate.uzbek_to_latin(word)
    assert normalise(latin) == normalise(word)
    assert transliterate.uzbek_to_cyrillic(latin) == word


@pytest.mark.parametrize("word", ["қазақ", "әке", "ұлттық", "көңіл", "һәм", "үй", "ғалым"])
def test_kazakh_without_kazakh_letters_normalises_alike(word: str) -> None:
    plain = transliterate.kazakh_without_kazakh_letters(word)
    assert plain != word
    assert normalise(plain) == normalise(word)


def test_kazakh_in_latin_letters_is_plain_ascii() -> None:
    assert transliterate.kazakh_to_latin("Қазақстан халқы").isascii()
