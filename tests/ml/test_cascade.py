from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import artifact, cascade
from ml.encoder import Vectors
from ml.explain import by_occlusion
from ml.labels import Label, Language
from ml.lack import Lack, Reason
from ml.predict import Predictor
from ml.referral import Rule
from ml.second_tier import SecondTier
from tests.ml.small_model import LABELS, a_model, an_artifact, an_info, sentences


class WordEncoder:
    """Stands in for a sentence encoder: the mean of a fixed vector for every word."""

    name = "words-1"
    dimension = 16
    judgements = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], np.float32)

    def _vector(self, text: str) -> Vectors:
        words = [sha256(word.encode()).digest()[:16] for word in text.lower().split()] or [
            b"." * 16
        ]
        numbers = np.array([list(word) for word in words], np.float32)
        return np.asarray(numbers.mean(axis=0) / 128 - 1, np.float32)


def a_second_tier() -> SecondTier:
    texts, targets, languages = sentences()
    return cascade.fit(
        a_model(), texts, targets, encoder=WordEncoder(), languages=languages, calm_referred=0.5
    )


SECOND = a_second_tier()
CASCADED = artifact.to_bytes(a_model(), info=an_info(), second=SECOND)
TEXTS = sentences()[0]


def test_where_the_first_tier_is_wanted_alone_it_judges_all() -> None:
    alone = Predictor.load(CASCADED, encoder=WordEncoder(), alone=True)
    first = Predictor.load(an_artifact()).predict(TEXTS)
    assert Predictor.load(CASCADED, alone=True).predict(TEXTS) == first
    assert alone.has_second_tier  # an encoder that is given is used


def test_the_installed_encoder_is_taken_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ml.predict.looked_up", WordEncoder)
    assert Predictor.load(CASCADED).has_second_tier
    assert Predictor.load(CASCADED).lack is None
    assert not Predictor.load(CASCADED, alone=True).has_second_tier
    assert not Predictor.load(an_artifact()).has_second_tier


def test_a_second_tier_that_is_wanted_and_cannot_judge_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lack = Lack(Reason.DAMAGED, "Its digest does not match.")
    monkeypatch.setattr("ml.predict.looked_up", lambda: lack)
    alone = Predictor.load(CASCADED)
    assert alone.lack == lack
    assert alone.predict(TEXTS) == Predictor.load(an_artifact()).predict(TEXTS)
    assert Predictor.load(CASCADED, alone=True).lack is None
    assert Predictor.load(an_artifact()).lack is None


def test_an_encoder_of_another_version_is_named_beside_the_one_wanted() -> None:
    other = WordEncoder()
    other.name = "words-2"
    lack = Predictor.load(CASCADED, encoder=other).lack
    assert lack is not None
    assert lack.reason is Reason.ANOTHER_VERSION
    assert "words-1" in lack.detail
    assert "words-2" in lack.detail


@pytest.mark.parametrize("length", [0.0, 0.5])
def test_a_rule_comes_back_as_it_was_saved(length: float) -> None:
    rule = Rule((0.1, 0.2, 0.3, 0.4, 0.5), 0.99, length)
    second = a_second_tier()
    second.rule = rule
    loaded = artifact.load(artifact.to_bytes(a_model(), info=an_info(), second=second))
    assert loaded.second is not None
    assert loaded.second.rule == rule


def test_both_tiers_are_warmed_up_whatever_would_be_referred() -> None:
    read: list[str] = []

    class Reader(WordEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            read.extend(texts)
            return super().encode(texts)

    loaded = artifact.load(CASCADED)
    assert loaded.second is not None
    loaded.second.rule = Rule.between(0.9999, 1.0)
    Predictor(loaded, encoder=Reader()).warm_up()
    assert read


def test_without_a_second_tier_an_encoder_changes_nothing() -> None:
    alone = Predictor.load(an_artifact()).predict(TEXTS)
    assert Predictor.load(an_artifact(), encoder=WordEncoder()).predict(TEXTS) == alone


def test_an_encoder_that_the_model_was_not_trained_with_is_not_asked() -> None:
    other = WordEncoder()
    other.name = "words-2"
    alone = Predictor.load(CASCADED).predict(TEXTS)
    assert Predictor.load(CASCADED, encoder=other).predict(TEXTS) == alone


def test_the_second_tier_judges_what_the_rule_refers_and_nothing_else() -> None:
    first = Predictor.load(CASCADED).predict(TEXTS)
    both = Predictor.load(CASCADED, encoder=WordEncoder()).predict(TEXTS)
    referred = [prediction.by_second_tier for prediction in both]
    assert 0 < sum(referred) < len(referred)
    for before, after in zip(first, both, strict=True):
        assert (before == after) != after.by_second_tier


@settings(deadline=None)
@given(st.lists(st.sampled_from(TEXTS), max_size=8))
def test_a_cascaded_text_scores_the_same_alone_and_among_others(texts: list[str]) -> None:
    predictor = Predictor.load(CASCADED, encoder=WordEncoder())
    assert predictor.predict(texts) == [predictor.predict([text])[0] for text in texts]


def test_a_stored_second_tier_judges_like_the_fitted_one() -> None:
    loaded = artifact.load(CASCADED).second
    assert loaded is not None
    assert loaded.rule == SECOND.rule
    assert loaded.encoder_name == WordEncoder.name
    assert np.array_equal(loaded.weights_, SECOND.weights_)
    assert artifact.load(an_artifact()).second is None


def test_a_label_with_too_few_examples_keeps_the_judgement_of_the_first_tier() -> None:
    column = LABELS.index(Label.THREAT)
    expected = np.zeros(SECOND.weights_.shape[0])
    expected[column] = 1
    assert np.array_equal(SECOND.weights_[:, column], expected)
    assert not np.array_equal(SECOND.weights_[:, LABELS.index(Label.TOXICITY)], expected)


def test_a_referred_text_is_explained_by_leaving_pieces_out_and_says_so() -> None:
    predictor = Predictor.load(CASCADED, encoder=WordEncoder())
    by_tier = {p.by_second_tier: t for t, p in zip(TEXTS, predictor.predict(TEXTS), strict=True)}
    assert predictor.explain(by_tier[False]).method == "exact"
    explanation = predictor.explain(by_tier[True])
    assert explanation.method == "occlusion"
    [prediction] = predictor.predict([by_tier[True]])
    for label, found in explanation.labels.items():
        assert found.score == pytest.approx(prediction.scores[label])
        assert found.base + sum(found.contributions) == pytest.approx(found.logit)


@pytest.mark.parametrize("hint", Language)
def test_a_hint_of_the_language_is_heard_by_explanation_as_by_prediction(hint: Language) -> None:
    predictor = Predictor.load(CASCADED, encoder=WordEncoder())
    for text in (*TEXTS[:8], *TEXTS[-8:], "moron"):
        [prediction] = predictor.predict([text], hints=[hint])
        found = predictor.explain(text, hint=hint)
        assert found.language is prediction.language
        assert found.language_probability == pytest.approx(prediction.language_probability)
        scores = {label: one.score for label, one in found.labels.items()}
        assert scores == pytest.approx(prediction.scores)


def test_a_long_referred_text_is_read_a_dozen_times_at_most() -> None:
    text = "You are my friend" + " and so on" * 30
    read: list[str] = []

    def judge(texts: Sequence[str]) -> np.ndarray:
        read.extend(texts)
        return np.zeros((len(texts), len(LABELS)))

    exact = Predictor.load(CASCADED).explain(text)
    by_occlusion(text, judge, exact, labels=LABELS, top=3)
    assert read[0] == text
    assert 3 < len(read) <= 13
