from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.explain import sentences
from ml.labels import Label
from tests.ml.small_model import a_predictor
from tests.ml.test_normalise import any_text

predictor = a_predictor()


@given(st.one_of(any_text, st.just("You are an idiot, go to www.spam.com")))
def test_the_contributions_of_a_text_sum_to_the_logit_of_its_score(text: str) -> None:
    explanation = predictor.explain(text)
    [prediction] = predictor.predict([text])
    assert explanation.labels.keys() == prediction.scores.keys()
    assert explanation.language is prediction.language
    for label, found in explanation.labels.items():
        assert found.score == prediction.scores[label]
        added = sum(piece.contribution for piece in found.pieces)
        assert found.base + added == pytest.approx(found.logit, abs=1e-9)


@given(st.lists(st.sampled_from(["idiot", "friend", "и д и о т", "мой", "x.com"]), max_size=8))
def test_what_an_empty_text_would_get_is_the_same_for_all_texts_of_a_language(
    words: list[str],
) -> None:
    text = " ".join(["you are", *words])
    found = predictor.explain(text)
    model = predictor.model
    shares = predictor.features([text]).spoken
    before, slopes, after = model.classifier._in_languages(shares)  # noqa: SLF001
    for i, label in enumerate(model.classifier.labels):
        if label in found.labels:
            empty = (before + model.classifier.intercepts_) * slopes + after
            assert found.labels[label].base == pytest.approx(empty[0, i], abs=1e-4)


@given(any_text)
def test_pieces_lie_in_the_text_as_written_in_order_and_apart(text: str) -> None:
    for found in predictor.explain(text).labels.values():
        places = [(piece.start, piece.end) for piece in found.pieces]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert all(a[1] <= b[0] for a, b in pairwise(places))
        assert all(piece.text == text[piece.start : piece.end] for piece in found.pieces)


def test_the_strongest_piece_is_the_insult_in_all_its_disguise() -> None:
    explanation = predictor.explain("Ты сегодня и д и 0 т, сосед", top=1)
    [piece] = explanation.top[Label.TOXICITY]
    assert piece.text == "и д и 0 т,"
    assert piece.contribution > 0


@pytest.mark.parametrize(
    ("written", "piece"),
    [
        ("вот блять, да", "блять,"),
        ("вот блять да", "блять"),
        ("вот блятьььь да", "блятьььь"),
        ("so fuc\u0301k\u0301 it", "fuc\u0301k\u0301"),
        ("an idiot\u200d\u200b is", "idiot\u200d\u200b"),
        ("ты идиотттт да", "идиотттт"),
        ("вот strakh да", "strakh"),
        ("so &#105;diot it", "&#105;diot"),
        ("to idiot</b> it", "idiot"),
        ("go http://www.casino.com", "http://"),
    ],
)
def test_a_piece_ends_behind_what_normalising_dropped_of_its_word(written: str, piece: str) -> None:
    pieces = predictor.explain(written).labels[Label.TOXICITY].pieces
    assert pieces[1].text == piece


def test_an_address_is_cut_where_its_words_are() -> None:
    pieces = predictor.explain("see https://spam.com/a?b and x.com").labels[Label.TOXICITY].pieces
    assert [each.text for each in pieces] == ["see", "https://", "spam", "com", "and", "x.com"]


def test_a_text_without_a_word_has_no_pieces() -> None:
    assert all(not found.pieces for found in predictor.explain("  ").labels.values())


@given(any_text)
def test_sentences_hold_all_that_is_not_blank(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_sentences_end_where_a_reader_would_end_them() -> None:
    text = "Really?! Yes. No…\nMaybe"
    assert [text[a:b].strip() for a, b in sentences(text)] == ["Really?!", "Yes.", "No…", "Maybe"]
