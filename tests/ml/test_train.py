"""Training on made-up texts: deterministic, honest about what it cannot judge, calibrated."""

from pathlib import Path

import numpy as np
import pytest

from ml import artifact, defaults
from ml.dataset import LABELS, Dataset, Split, from_examples
from ml.defaults import DefaultThresholds, as_plain, from_plain, solve_defaults
from ml.labels import Label, Language
from ml.metrics import roc_auc
from ml.pipeline import Params
from ml.readers import TOXIC, Example
from ml.suites.load import Suite, load
from ml.train import Recipe, TrainedModel, apart_from_suites, digest_of, fit, supported_by
from tests.ml.made_up import a_corpus

SMALL = Params(hash_bits=12, iterations_max=20)
ALONE = Recipe(own_writing=0.0, own_less={}, disguised=0.1, own_disguised=0.0)


@pytest.fixture(scope="module")
def corpus() -> Dataset:
    return a_corpus()


@pytest.fixture(scope="module")
def trained(corpus: Dataset) -> TrainedModel:
    return fit(corpus, SMALL, 1, recipe=ALONE)


def test_what_was_held_out_is_told_apart(corpus: Dataset, trained: TrainedModel) -> None:
    test = corpus.part(Split.TEST)
    scores = np.asarray(trained.pipeline.predict_proba(list(test.texts)))
    assert roc_auc(scores[:, 0], test.target(Label.TOXICITY) > 0) > 0.95


def test_the_same_inputs_give_the_same_bytes(
    corpus: Dataset, trained: TrainedModel, tmp_path: Path
) -> None:
    again = fit(corpus, SMALL, 1, recipe=ALONE)
    assert trained.save(tmp_path / "one") == again.save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_artifact_carries_thresholds_seed_and_the_digest_of_its_data(
    corpus: Dataset, trained: TrainedModel, tmp_path: Path
) -> None:
    trained.save(tmp_path / "model")
    training = artifact.load(tmp_path / "model").info.training
    assert training["seed"] == 1
    assert training["digest"] == digest_of(corpus)
    assert 0 < from_plain(training[defaults.KEY])[Label.TOXICITY].hold < 1


def test_a_label_is_supported_only_in_languages_that_teach_it(corpus: Dataset) -> None:
    right = np.nan_to_num(corpus.targets)
    supported = supported_by(corpus, corpus, right)
    assert set(supported[Label.TOXICITY]) == {Language.ENGLISH, Language.RUSSIAN}
    assert supported[Label.THREAT] == ()
    only_english = corpus.of_language(Language.ENGLISH)
    assert supported_by(only_english, corpus, right)[Label.TOXICITY] == (Language.ENGLISH,)


def test_a_label_that_cannot_be_told_apart_is_not_supported(corpus: Dataset) -> None:
    guessed = np.random.default_rng(1).random(corpus.targets.shape)
    assert not any(supported_by(corpus, corpus, guessed).values())


def test_a_text_that_a_suite_judges_never_teaches(corpus: Dataset) -> None:
    case = load(Suite.FUNCTIONAL)[0]
    judged = from_examples(
        [Example(case.text.upper() + "!", TOXIC)], source="made_up", language=case.language
    )
    assert apart_from_suites(corpus + judged).texts == corpus.texts


def test_the_data_digest_changes_with_a_label(corpus: Dataset) -> None:
    changed = corpus.targets.copy()
    changed[0, 0] = 1 - changed[0, 0]
    other = Dataset(
        corpus.texts,
        corpus.languages,
        changed,
        corpus.weights,
        corpus.groups,
        corpus.sources,
    )
    assert digest_of(other) != digest_of(corpus)


def test_no_more_calm_texts_are_held_than_the_default_allows(corpus: Dataset) -> None:
    draw = np.random.default_rng(3)
    scores = draw.random((len(corpus), len(LABELS))) * 0.8
    solved = solve_defaults(
        scores, corpus, supported_by(corpus, corpus, np.nan_to_num(corpus.targets))
    )
    calm = corpus.target(Label.TOXICITY) == 0
    held = scores[calm, 0] >= solved[Label.TOXICITY].hold
    assert held.mean() <= defaults.CALM_HELD[Label.TOXICITY] + 0.01
    assert solved[Label.TOXICITY].reject is None
    assert Label.OBSCENITY not in solved


def test_default_thresholds_read_back_as_they_were_written() -> None:
    points = {Label.SPAM: DefaultThresholds(0.5, None), Label.THREAT: DefaultThresholds(0.3, 0.9)}
    assert from_plain(as_plain(points)) == points
    with pytest.raises(ValueError, match="no hold threshold"):
        from_plain({"spam": {"reject": 0.9}})
