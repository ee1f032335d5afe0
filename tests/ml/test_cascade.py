from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import artifact, cascade
from ml.cascade import Rule, SecondTier, rule_for
from ml.classifier import one_hot
from ml.encoder import Vectors
from ml.explain import by_occlusion
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.predict import Predictor
from tests.ml.small_model import LABELS, a_model, an_artifact, an_info, sentences

probability = st.floats(0, 1)


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
    monkeypatch.setattr("ml.predict.available", WordEncoder)
    assert Predictor.load(CASCADED).has_second_tier
    assert not Predictor.load(CASCADED, alone=True).has_second_tier
    assert not Predictor.load(an_artifact()).has_second_tier


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


@given(st.lists(st.lists(probability, min_size=8, max_size=8), min_size=1, max_size=20))
def test_the_rule_refers_no_more_calm_texts_than_it_was_asked_to(rows: list[list[float]]) -> None:
    probabilities = np.array(rows)
    shares = one_hot([Language.ENGLISH] * len(rows))
    sizes = np.full(len(rows), 300)
    rule = rule_for(probabilities, np.zeros_like(probabilities), shares, sizes, calm_referred=0.25)
    above = (probabilities.max(axis=1) > rule.lows[0]).mean()
    assert above <= 0.25 + 1e-9 or rule.lows[0] == rule.high / 2


def test_each_language_has_its_own_lower_bound() -> None:
    scores = np.concatenate([np.linspace(0, 0.1, 200), np.linspace(0, 0.4, 200)])[:, None]
    shares = one_hot([Language.KAZAKH] * 200 + [Language.RUSSIAN] * 200)
    sizes = np.full(len(scores), 300)
    rule = rule_for(scores, np.zeros_like(scores), shares, sizes, calm_referred=0.2)
    found = dict(zip(LANGUAGES, rule.lows, strict=True))
    assert found[Language.KAZAKH] == pytest.approx(0.08, abs=0.001)
    assert found[Language.RUSSIAN] == pytest.approx(0.32, abs=0.001)
    between = np.array([[0.2]])
    assert rule.refers(between, one_hot([Language.KAZAKH]), sizes[:1]).all()
    assert not rule.refers(between, one_hot([Language.RUSSIAN]), sizes[:1]).any()


def test_a_long_text_is_referred_from_a_lower_score_than_a_short_one() -> None:
    rule = Rule((0.2,) * len(LANGUAGES), 0.995, length=0.5)
    score, english = np.array([[0.12]]), one_hot([Language.ENGLISH])
    assert not rule.refers(score, english, np.array([300])).any()
    assert rule.refers(score, english, np.array([1200])).all()
    assert not rule.refers(np.array([[0.25]]), english, np.array([50])).any()
    plain = Rule.between(0.2, 0.995)
    for size in (50, 300, 1200):
        assert not plain.refers(score, english, np.array([size])).any()


@pytest.mark.parametrize("length", [0.0, 0.5])
def test_bounds_are_set_at_the_length_that_they_will_judge_by(length: float) -> None:
    sizes = np.tile([40, 160, 640, 2560], 100)
    scores = np.linspace(0.01, 0.4, 400)[:, None]
    shares = one_hot([Language.ENGLISH] * 400)
    rule = rule_for(scores, np.zeros_like(scores), shares, sizes, calm_referred=0.2, length=length)
    assert rule.refers(scores, shares, sizes).mean() == pytest.approx(0.2, abs=0.01)


def test_a_rule_needs_calm_texts_and_a_low_below_its_high() -> None:
    with pytest.raises(ValueError, match="known to be calm"):
        rule_for(
            np.ones((3, 8)),
            np.ones((3, 8)),
            np.ones((3, 5)) / 5,
            np.full(3, 300),
            calm_referred=0.2,
        )
    with pytest.raises(ValueError, match="low < high"):
        Rule.between(0.9, 0.1)
    with pytest.raises(ValueError, match="must not be negative"):
        Rule((0.1,) * len(LANGUAGES), 0.9, length=-1)
