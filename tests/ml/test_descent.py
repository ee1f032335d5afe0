"""Learning by descent: the same kind of line as the exact learner's, found sooner."""

import numpy as np

from ml.dataset import Split
from ml.descent import DescentClassifier, use_descent
from ml.labels import Label
from ml.metrics import roc_auc
from ml.pipeline import Params, build
from tests.ml.made_up import a_corpus

SMALL = Params(hash_bits=12, iterations_max=40, penalty=0.25)


def test_descent_ranks_texts_as_the_exact_learner_does() -> None:
    corpus = a_corpus()
    teaching, test = corpus.part(Split.TRAIN), corpus.part(Split.TEST)
    truths = test.target(Label.TOXICITY) > 0
    areas = []
    for model in (build(SMALL), use_descent(build(SMALL))):
        model.fit(teaching.texts, teaching.targets, sample_weight=teaching.weights)
        scores = np.asarray(model.predict_proba(list(test.texts)), np.float64)
        areas.append(roc_auc(scores[:, 0], truths))
    exact, descent = areas
    assert descent > 0.95
    assert abs(exact - descent) < 0.02


def test_descent_keeps_every_parameter_of_the_pipeline() -> None:
    exact = build(SMALL).classifier
    descent = use_descent(build(SMALL)).classifier
    assert isinstance(descent, DescentClassifier)
    assert descent.get_params() == exact.get_params()
