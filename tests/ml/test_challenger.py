"""What decisions do to the model that ships, and what they do not."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ml import artifact, challenger, defaults, second_challenger
from ml.cascade import Rule, even_leanings
from ml.challenger import Adaptation, Challenger
from ml.dataset import Dataset
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.predict import Predictor
from tests.ml.decided import decisions
from tests.ml.small_model import LABELS, a_model, sentences
from tests.ml.test_cascade import CASCADED, SECOND, WordEncoder

BOTH = (Language.ENGLISH, Language.RUSSIAN)
QUICK = Adaptation(examples_min=10)
PRIOR = artifact.load(CASCADED)
INSULT, CALM = "Tell the zorbag to go", "Tell the teacher to go"


@cache
def taught() -> Challenger:
    return teach(decisions(BOTH))


def teach(decided: Dataset, adaptation: Adaptation = QUICK) -> Challenger:
    model = challenger.learn(PRIOR, decided, rehearsed(), adaptation)
    challenger.calibrate(PRIOR, model, decided, adaptation)
    return challenger.finish(PRIOR, model, decided, decided, {}, encoder=WordEncoder())


def rehearsed() -> Dataset:
    texts, targets, languages = sentences()
    some = decisions([Language.ENGLISH], each=len(texts))
    return replace(some, texts=tuple(texts), targets=targets, languages=tuple(languages))


def toxicity(made: Challenger, text: str) -> float:
    return Predictor.load(made.content, alone=True).predict([text])[0].scores[Label.TOXICITY]


def test_what_is_rejected_is_learned_and_what_is_approved_is_not_held_for_its_company() -> None:
    assert toxicity(taught(), INSULT) > 0.7
    assert toxicity(taught(), CALM) < 0.3


def test_the_same_decisions_give_the_same_bytes() -> None:
    assert teach(decisions(BOTH)).digest == taught().digest


def test_what_nobody_decided_on_stays_as_it_ships() -> None:
    made = challenger.learn(PRIOR, decisions(BOTH), rehearsed(), QUICK)
    column = LABELS.index(Label.THREAT)
    after, before = made.classifier.weights_.rows(), PRIOR.model.classifier.weights_.rows()
    assert np.allclose(after[:, column], before[:, column], atol=1e-3)


def test_too_few_decisions_move_nothing() -> None:
    made = challenger.learn(PRIOR, decisions(BOTH, each=8), rehearsed(), QUICK)
    after, before = made.classifier, PRIOR.model.classifier
    # Within the rounding of packed weights.
    assert np.abs(after.weights_.rows() - before.weights_.rows()).max() < 0.01
    assert np.allclose(after.intercepts_, before.intercepts_, equal_nan=True)


def test_the_priors_order_is_levelled_at_most_and_never_turned_round() -> None:
    known = rehearsed()
    against = replace(known, targets=1 - known.targets)
    # N-grams cost too much to learn, and leaving the prior costs nothing.
    unbound = replace(QUICK, pull=1e-6, penalty=1e9, rehearsal=0.0)
    made = challenger.learn(PRIOR, against, known, unbound)
    toxic = np.asarray(made.decision_function(list(known.texts)))[:, LABELS.index(Label.TOXICITY)]
    before = PRIOR.model.decision_function(list(known.texts))[:, LABELS.index(Label.TOXICITY)]
    english = np.array([one is Language.ENGLISH for one in known.languages])
    assert np.ptp(before[english]) > 1
    assert np.ptp(toxic[english]) < 1e-3


def test_what_is_decided_in_one_language_says_nothing_of_whom_to_trust_in_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # All is referred, so that few decisions tell enough.
    monkeypatch.setattr(SECOND, "rule", Rule.between(0.0, 1.0))
    decided = decisions([Language.RUSSIAN], each=120)
    after = challenger.learn(PRIOR, decided, rehearsed(), QUICK)
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


def test_what_adds_to_toxicity_is_held_from_no_lower_than_in_the_model_that_ships() -> None:
    low = defaults.DefaultThresholds(hold=0.2, reject=None)
    info = replace(
        PRIOR.info,
        training={defaults.KEY: defaults.as_plain({Label.TOXICITY: low, Label.INSULT: low})},
    )
    few, nothing = decisions(BOTH, each=4), np.zeros((0, len(LABELS)))
    held = challenger.advised(
        info, few.at(np.arange(0)), nothing, nothing, dict.fromkeys(LABELS, BOTH)
    )
    assert held[Label.TOXICITY].hold == defaults.HOLD_MIN
    least = max(defaults.HOLD_MIN_OF_ADDED[language] for language in BOTH)
    assert held[Label.INSULT].hold == least > defaults.HOLD_MIN


def test_a_language_with_a_threshold_of_its_own_keeps_it_as_true_as_it_was() -> None:
    own = {Language.RUSSIAN: defaults.DefaultThresholds(hold=0.6, reject=None)}
    limits = {Label.TOXICITY: defaults.DefaultThresholds(0.8, None, own)}
    info = replace(PRIOR.info, training={defaults.KEY: defaults.as_plain(limits)})
    judging = decisions(BOTH, each=2 * defaults.CALM_MIN)
    before = np.zeros((len(judging), len(LABELS)))
    before[:, 0] = np.random.default_rng(5).random(len(judging))
    russian = np.array([one is Language.RUSSIAN for one in judging.languages])
    after = before.copy()
    after[russian, 0] += 0.1
    found = challenger.advised(info, judging, before, after, dict.fromkeys(LABELS, BOTH))
    assert found[Label.TOXICITY].of(Language.RUSSIAN).hold == pytest.approx(0.7, abs=0.01)
    # English has none of its own in the prior, and its calm texts have not moved.
    assert found[Label.TOXICITY].of(Language.ENGLISH).hold == pytest.approx(0.8, abs=0.01)
    assert found[Label.TOXICITY].hold == pytest.approx(0.9, abs=0.01)
    unmoved = challenger.advised(info, judging, before, before, dict.fromkeys(LABELS, BOTH))
    assert unmoved[Label.TOXICITY].of(Language.RUSSIAN).hold == pytest.approx(0.6, abs=0.01)
    assert unmoved[Label.TOXICITY].of(Language.ENGLISH).hold == pytest.approx(0.8, abs=0.01)


def test_the_bounds_of_a_challenger_fall_with_length_as_those_of_the_prior(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = Rule((0.1,) * len(LANGUAGES), 0.995, length=0.5)
    monkeypatch.setattr(SECOND, "rule", rule)
    decided = decisions(BOTH, each=60)
    after = challenger.learn(PRIOR, decided, rehearsed(), QUICK)
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
