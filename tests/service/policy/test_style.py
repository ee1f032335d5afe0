"""Shouting and repetition, as shares."""

from hypothesis import given
from hypothesis import strategies as st

from service.policy import style
from service.policy.style import capitals, longest_run, repetition

CALM = (
    "Президенты двух стран обсудили борьбу с терроризмом. По-моему, встреча была полезной: давно"
    " пора договориться о границе, о воде и о торговле, а не только о безопасности."
)


def test_a_calm_text_has_low_shares() -> None:
    assert capitals(CALM) < 0.05
    assert longest_run(CALM) <= 2
    assert repetition(CALM) == 0


def test_shouting_is_nearly_all_capitals() -> None:
    assert capitals(CALM.upper()) == 1
    assert capitals("ЭТО ПОЗОР, а НЕ власть!") > 0.5


def test_an_abbreviation_does_not_shout() -> None:
    assert capitals("СССР") == 0


def test_every_letter_with_a_case_is_known() -> None:
    cased = [code for code in range(0x110000) if chr(code).isupper() or chr(code).islower()]
    assert max(cased) < style._CODES_WITH_CASE  # noqa: SLF001 - no text shows what is missing


def test_the_longest_run_counts_signs_and_letters_but_no_spaces() -> None:
    assert longest_run("Нет!!!!") == 4
    assert longest_run("нееееет") == 5
    assert longest_run("а      б") == 0
    assert longest_run("касса") == 0
    assert longest_run("") == 0


def test_what_is_said_again_and_again_is_repetition() -> None:
    assert repetition("купи курс " * 10) > 0.8
    assert repetition("спам спам спам спам") == 0.5
    assert repetition("да да") == 0


@given(st.text())
def test_shares_are_shares(text: str) -> None:
    assert 0 <= capitals(text) <= 1
    assert 0 <= repetition(text) < 1
    assert 0 <= longest_run(text) <= len(text)


@given(st.text())
def test_saying_it_twice_is_never_less_repetitive(text: str) -> None:
    assert repetition(f"{text} {text}") >= repetition(text)


@given(st.text("абвгд АБВГД", min_size=0))
def test_raising_the_voice_never_lowers_the_share_of_capitals(text: str) -> None:
    assert capitals(text.upper()) >= capitals(text)
