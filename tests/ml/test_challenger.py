"""What decisions do to the model that ships, and what they do not."""

from functools import cache

import numpy as np
import pytest

from ml import artifact, challenger, second_challenger, stacked_prior
from ml.challenger import Challenger
from ml.dataset import Dataset
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.predict import Predictor
from ml.referral import Rule
from ml.second_tier import even_leanings
from ml.stacked_prior import Adaptation
from tests.ml.decided import BOTH, QUICK, decisions, rehearsed
from tests.ml.small_model import LABELS, a_model
from tests.ml.test_cascade import CASCADED, SECOND, WordEncoder

PRIOR = artifact.load(CASCADED)
INSULT, CALM = "Tell the zorbag to go", "Tell the teacher to go"


@cache
def taught() -> Challenger:
    return teach(decisions(BOTH))


def teach(decided: Dataset, adaptation: Adaptation = QUICK) -> Challenger:
    model = stacked_prior.learn(PRIOR, decided, rehearsed(), adaptation)
    challenger.calibrate(PRIOR, model, decided, adaptation)
    return challenger.finish(PRIOR, model, decided, decided, {}, encoder=WordEncoder())


def toxicity(made: Challenger, text: str) -> float:
    return Predictor.load(made.content, alone=True).predict([text])[0].scores[Label.TOXICITY]


def test_what_is_rejected_is_learned_and_what_is_approved_is_not_held_for_its_company() -> None:
    assert toxicity(taught(), INSULT) > 0.7
    assert toxicity(taught(), CALM) < 0.3


def test_the_same_decisions_give_the_same_bytes() -> None:
    assert teach(decisions(BOTH)).digest == taught().digest


def test_what_is_decided_in_one_language_says_nothing_of_whom_to_trust_in_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # All is referred, so that few decisions tell enough.
    monkeypatch.setattr(SECOND, "rule", Rule.between(0.0, 1.0))
    decided = decisions([Language.RUSSIAN], each=120)
    after = stacked_prior.learn(PRIOR, decided, rehearsed(), QUICK)
    challenger.calibrate(PRIOR, after, decided, QUICK)
    second = second_challenger.adapt(
        SECOND, a_model(), after, decided, encoder=WordEncoder(), examples_min=10
    )
    column, even = LABELS.index(Label.TOXICITY), even_leanings(len(LABELS))
    moved = np.abs(second.leanings_ - even).max(axis=0)[:, column] > 1e-6
    assert [LANGUAGES[place] for place in np.flatnonzero(moved)] == [Language.RUSSIAN]


def test_leanings_travel_with_the_artifact() -> None:
    assert taught().loaded.second is not None
    leaning = artifact.load(CASCADED).second
    assert leaning is not None
    leaning.leanings_ = even_leanings(len(LABELS)) * 0.5
    stored = artifact.load(artifact.to_bytes(a_model(), info=PRIOR.info, second=leaning)).second
    assert stored is not None
    assert np.array_equal(stored.leanings_, leaning.leanings_)


def test_the_bounds_of_a_challenger_fall_with_length_as_those_of_the_prior(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = Rule((0.1,) * len(LANGUAGES), 0.995, length=0.5)
    monkeypatch.setattr(SECOND, "rule", rule)
    decided = decisions(BOTH, each=60)
    after = stacked_prior.learn(PRIOR, decided, rehearsed(), QUICK)
    challenger.calibrate(PRIOR, after, decided, QUICK)
    second = second_challenger.adapt(
        SECOND, a_model(), after, decided, encoder=WordEncoder(), examples_min=10
    )
    assert second.rule.length == rule.length
    features = after[:-1].transform(decided.texts)
    by_prior, by_challenger = (
        one.refers(model.predict_proba(decided.texts), features.languages, features.sizes).mean()
        for one, model in ((rule, a_model()), (second.rule, after))
    )
    assert by_challenger == pytest.approx(by_prior, abs=0.05)
