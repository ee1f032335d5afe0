"""How far decisions move the first tier that ships, and what they leave as it is."""

from dataclasses import replace

import numpy as np

from ml import artifact, stacked_prior
from ml.labels import Label, Language
from tests.ml.decided import BOTH, QUICK, decisions, rehearsed
from tests.ml.small_model import LABELS
from tests.ml.test_cascade import CASCADED

PRIOR = artifact.load(CASCADED)


def test_what_nobody_decided_on_stays_as_it_ships() -> None:
    made = stacked_prior.learn(PRIOR, decisions(BOTH), rehearsed(), QUICK)
    column = LABELS.index(Label.THREAT)
    after, before = made.classifier.weights_.rows(), PRIOR.model.classifier.weights_.rows()
    assert np.allclose(after[:, column], before[:, column], atol=1e-3)


def test_too_few_decisions_move_nothing() -> None:
    made = stacked_prior.learn(PRIOR, decisions(BOTH, each=8), rehearsed(), QUICK)
    after, before = made.classifier, PRIOR.model.classifier
    # Within the rounding of packed weights.
    assert np.abs(after.weights_.rows() - before.weights_.rows()).max() < 0.01
    assert np.allclose(after.intercepts_, before.intercepts_, equal_nan=True)


def test_the_priors_order_is_levelled_at_most_and_never_turned_round() -> None:
    known = rehearsed()
    against = replace(known, targets=1 - known.targets)
    # N-grams cost too much to learn, and leaving the prior costs nothing.
    unbound = replace(QUICK, pull=1e-6, penalty=1e9, rehearsal=0.0)
    made = stacked_prior.learn(PRIOR, against, known, unbound)
    toxic = np.asarray(made.decision_function(list(known.texts)))[:, LABELS.index(Label.TOXICITY)]
    before = PRIOR.model.decision_function(list(known.texts))[:, LABELS.index(Label.TOXICITY)]
    english = np.array([one is Language.ENGLISH for one in known.languages])
    assert np.ptp(before[english]) > 1
    assert np.ptp(toxic[english]) < 1e-3
