"""A challenger advises thresholds that hold no more calm texts than those of its prior."""

from dataclasses import replace

import numpy as np
import pytest

from ml import artifact, defaults
from ml.challenger_thresholds import advised
from ml.labels import Label, Language
from tests.ml.decided import BOTH, decisions
from tests.ml.small_model import LABELS
from tests.ml.test_cascade import CASCADED

PRIOR = artifact.load(CASCADED)


def test_what_adds_to_toxicity_is_held_from_no_lower_than_in_the_model_that_ships() -> None:
    low = defaults.DefaultThresholds(hold=0.2, reject=None)
    info = replace(
        PRIOR.info,
        training={defaults.KEY: defaults.as_plain({Label.TOXICITY: low, Label.INSULT: low})},
    )
    few, nothing = decisions(BOTH, each=4), np.zeros((0, len(LABELS)))
    held = advised(info, few.at(np.arange(0)), nothing, nothing, dict.fromkeys(LABELS, BOTH))
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
    found = advised(info, judging, before, after, dict.fromkeys(LABELS, BOTH))
    assert found[Label.TOXICITY].of(Language.RUSSIAN).hold == pytest.approx(0.7, abs=0.01)
    # English has none of its own in the prior, and its calm texts have not moved.
    assert found[Label.TOXICITY].of(Language.ENGLISH).hold == pytest.approx(0.8, abs=0.01)
    assert found[Label.TOXICITY].hold == pytest.approx(0.9, abs=0.01)
    unmoved = advised(info, judging, before, before, dict.fromkeys(LABELS, BOTH))
    assert unmoved[Label.TOXICITY].of(Language.RUSSIAN).hold == pytest.approx(0.6, abs=0.01)
    assert unmoved[Label.TOXICITY].of(Language.ENGLISH).hold == pytest.approx(0.8, abs=0.01)
