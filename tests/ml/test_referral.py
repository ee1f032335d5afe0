import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.classifier import one_hot
from ml.labels import Language
from ml.language import LANGUAGES
from ml.referral import Rule, rule_for

probability = st.floats(0, 1)


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
