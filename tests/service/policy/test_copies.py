"""Copies: what counts as one, and how well a small fingerprint tells."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.policy.copies import SHINGLE_CHARS, fingerprint, resemblance

TEXT = (
    "Правительство объявило о повышении цен на бензин, и это ударит по всем простым людям в"
    " регионах, включая пенсионеров и студентов."
)
KEPT_EXACT, KEPT_BANDS_SUM = -1787039053216329534, 4450477305


def _alike(one: str, other: str) -> float:
    return resemblance(fingerprint(one), fingerprint(other))


def test_a_disguised_copy_is_an_exact_copy() -> None:
    disguised = TEXT.upper().replace("О", "O").replace(" ", " \u200b ")
    assert fingerprint(disguised) == fingerprint(TEXT)


def test_a_word_changed_and_a_sentence_added_leave_a_near_copy() -> None:
    assert _alike(TEXT, TEXT.replace("бензин", "газ")) > 0.7
    assert _alike(TEXT, TEXT + " Купите наш курс!") > 0.7


def test_another_text_on_the_same_matter_is_no_copy() -> None:
    other = "Цены на бензин снова повышены: правительство не думает о пенсионерах и студентах."
    assert _alike(TEXT, other) < 0.5


def test_short_texts_are_copies_only_if_they_are_the_same() -> None:
    assert fingerprint("Спасибо!").bands == ()
    assert _alike("Спасибо!", "спасибо") == 1
    assert _alike("Спасибо большое", "Спасибо большое вам") == 0


def test_a_fingerprint_stays_what_it_was_since_rows_keep_it() -> None:
    kept = fingerprint("Islam is not the same thing as terrorism, and never was.")
    assert kept.exact == KEPT_EXACT
    assert sum(kept.bands) == KEPT_BANDS_SUM


@settings(deadline=None)
@given(st.text(max_size=300))
def test_a_fingerprint_fits_its_columns(text: str) -> None:
    kept = fingerprint(text)
    assert -(2**63) <= kept.exact < 2**63
    assert all(-(2**31) <= band < 2**31 for band in kept.bands)


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_resemblance_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= _alike(one, other) <= 1
    assert _alike(one, other) == _alike(other, one)
    assert _alike(one, one) == 1


def _pieces(text: str) -> set[str]:
    return {text[i : i + SHINGLE_CHARS] for i in range(len(text) - SHINGLE_CHARS + 1)}


@pytest.mark.parametrize("kept", [0.6, 0.8, 0.95])
def test_the_estimate_is_near_the_true_share_of_common_pieces(kept: float) -> None:
    draw = Random(5)  # noqa: S311 - no secret
    near = 0
    for _ in range(200):
        letters = [draw.choice("abdefgiklmnoprstuvz") for _ in range(300)]
        cut = int(len(letters) * kept)
        one, other = "".join(letters), "".join(letters[:cut])
        truth = len(_pieces(one) & _pieces(other)) / len(_pieces(one) | _pieces(other))
        near += abs(_alike(one, other) - truth) <= 0.12
    assert near >= 180
