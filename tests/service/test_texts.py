import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import texts


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    once = texts.normal_form(text)
    assert texts.normal_form(once) == once


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_fit_and_not_blank_can_be_written_as_utf_8_and_has_no_nul(text: str) -> None:
    try:
        line = texts.clean_line(text)
    except ValueError:
        return
    assert "\0" not in line.encode().decode()
    assert "\n" not in line
    assert line.strip(texts.BLANKS) == line != ""


@pytest.mark.parametrize("blank", list(texts.BLANKS))
def test_the_blanks_that_a_browser_trims_are_trimmed_at_both_ends(blank: str) -> None:
    assert texts.normal_form(f"{blank}a{blank}b{blank}") == f"a{blank}b".replace(
        "\r", "\n"
    ).replace("\u2000", "\u2002").replace("\u2001", "\u2003")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\0b", "U+0000"),
        ("\x08", "U+0008"),
        ("a\x0b", "U+000B"),
        ("\x1f", "U+001F"),
        ("\x7f", "U+007F"),
        ("a\ud800b", "U+D800"),
        ("\udfff", "U+DFFF"),
        ("\uffff", "U+FFFF"),
        ("tab\t, line\n, é, 👨‍👩‍👧, \u0085", None),
    ],
)
def test_the_first_unfit_character_is_named(text: str, named: str | None) -> None:
    assert texts.unfit_character(text) == named


@pytest.mark.parametrize(
    "text", ["", " \u00a0", "\u200b\u200d", "\u3164", "\u2800", "\ufe0f", "\u0301"]
)
def test_invisible_characters_alone_show_nothing(text: str) -> None:
    assert texts.shows_nothing(text)


@pytest.mark.parametrize("text", ["a", ".", "👍🏽", "\u200bж\u200b", "中"])
def test_one_visible_character_is_something(text: str) -> None:
    assert not texts.shows_nothing(text)


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\u2028b", "a\x85b", "\ud800", "a\0"])
def test_a_name_is_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be one line of text, without U\+"):
        texts.clean_line(text)


def test_an_id_of_somebody_elses_making_is_left_as_it_is() -> None:
    assert texts.check_identifier(" é/e\u0301 ") == " é/e\u0301 "
    with pytest.raises(ValueError, match="must not be empty or blank"):
        texts.check_identifier("  ")


def test_a_quarter_of_a_megabyte_of_combining_marks_takes_no_time() -> None:
    # Brought to NFC it would take half a minute: this test would meet its time limit.
    endless = "a" + "\u0300\u0316" * 60_000
    assert len(texts.normal_form(endless)) == len(endless)


def test_a_text_that_its_normal_form_makes_short_enough_is_still_brought_to_it() -> None:
    # U+1F82 comes from four code points, the most there is.
    written = "\u03b1\u0313\u0300\u0345" * 1500
    assert texts.normal_form(written) == "\u1f82" * 1500
