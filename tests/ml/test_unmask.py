"""Which swear word a word with hidden letters is read as, and what is left as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import swearing, unmask
from ml.normalise import normalise, normalise_with_offsets


@pytest.mark.parametrize(
    ("written", "hides"),
    [
        ("f*ck", "fuck"),
        ("f**king", "fucking"),
        ("motherf***er", "motherfucker"),
        ("a**hole", "asshole"),
        ("@ssh0le", "asshole"),
        ("1d10t", "idiot"),
        ("l0$er", "loser"),
        ("bi+ch", "bitch"),
        ("m0therfvcker", "motherfucker"),
        ("id!ot", "idiot"),
        ("@$$", "ass"),
        ("f.ck", "fuck"),
        ("sh**", "shit"),
        ("*f**k*", "*fuck*"),
        ("х*й", "хуй"),
        ("м*дак", "мудак"),
        ("п*дорами", "пидорами"),
        ("п***абол", "пиздабол"),
        ("д*рмо", "дермо"),  # cleaning has dropped its soft sign
        ("от3бись", "отебись"),
        ("ху3с0с", "хуесос"),
        ("pid*ras", "pidaras"),
        ("@hmoq", "ahmoq"),
        ("қ*тағымды", "қотағымды"),
        ("миғ¥ла", "миғұла"),
    ],
)
def test_a_word_is_read_as_what_it_hides(written: str, hides: str) -> None:
    assert unmask.read(written) == hides


@pytest.mark.parametrize(
    "written",
    [
        *("п***р", "и***в", "на**", "за**", "к*т", "a*b", "5*6", "c++", "c#", "18+"),
        *("snake_case", "**bold**", "_other_", "*until", "a55", "h2o", "b2b", "1080p", "mp3"),
        *(
            "so...not",
            "с..ними",
            "на...до",
            "слово.но",
            "т.е",
            "user_name",
            "user@mail",
            "900k",
            "$100",
            "$$$",
            "2*2=4",
        ),
        *("fuck", "мудак", "shit_", "****", "@", "'", "f" * 50 + "*ck"),
    ],
)
def test_what_says_too_little_or_hides_nothing_stays(written: str) -> None:
    assert unmask.read(written) == written


letters_and_signs = st.text("abcdefikostu*@$01.!|+#%_'хуйпизда", max_size=60)


@given(letters_and_signs)
def test_a_reading_is_as_long_and_hides_nothing_more(token: str) -> None:
    read = unmask.read(token)
    assert len(read) == len(token)
    assert unmask.read(read) == read


@given(st.sampled_from(sorted(swearing.stems())), st.data())
def test_one_inner_letter_may_be_hidden_of_any_swear_word(word: str, data: st.DataObject) -> None:
    word = word.rstrip("*").replace("ь", "").replace("ъ", "")
    at = data.draw(st.integers(1, max(1, len(word) - 2)))
    masked = f"{word[:at]}*{word[at + 1 :]}"
    found = unmask.read(masked)
    # Two words may differ in the letter that is hidden, and some are left to be what they are.
    assert found == masked or len(found) == len(word)
    assert all(a == b for i, (a, b) in enumerate(zip(found, word, strict=True)) if i != at)


def test_a_text_reads_as_if_nothing_were_hidden_and_each_letter_lies_on_its_sign() -> None:
    assert normalise("Пошёл ты на х*й, м@дак!") == normalise("Пошёл ты на хуй, мудак!")
    written = "you 1d10t!"
    found = normalise_with_offsets(written)
    at = found.text.index("idiot")
    assert [written[found.starts[i] : found.ends[i]] for i in range(at, at + 5)] == list("1d10t")


def test_an_address_or_a_mention_is_none() -> None:
    assert normalise("write to sh1t@example.com") == normalise("write to @")
    assert "hash_tag" in normalise("see #hash_tag")
