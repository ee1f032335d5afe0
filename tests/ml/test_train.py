"""Training on made-up texts: deterministic, honest about what it cannot judge, calibrated."""

from json import dumps, loads
from pathlib import Path

import numpy as np
import pytest

from ml import artifact, defaults
from ml.dataset import LABELS, Dataset, Floats, Split, from_examples
from ml.defaults import DefaultThresholds, as_plain, from_plain, solve_defaults
from ml.labels import Label, Language
from ml.metrics import roc_auc
from ml.pipeline import Params
from ml.readers import TOXIC, Example
from ml.recipe import Recipe
from ml.suites.load import Suite, load
from ml.train import TrainedModel, apart_from_suites, digest_of, fit, supported_by
from tests.ml.made_up import a_corpus

SMALL = Params(hash_bits=12, iterations_max=20)
ALONE = Recipe(own_writing=0.0, disguised=0.1, own_disguised=0.0)


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
    own = {Language.KAZAKH: DefaultThresholds(0.2, None)}
    points = {
        Label.SPAM: DefaultThresholds(0.5, None),
        Label.THREAT: DefaultThresholds(0.3, 0.9, own),
    }
    assert from_plain(loads(dumps(as_plain(points)))) == points
    with pytest.raises(ValueError, match="spam has no hold threshold"):
        from_plain({"spam": {"reject": 0.9}})
    with pytest.raises(ValueError, match="spam in kk has no hold threshold"):
        from_plain({"spam": {"hold": 0.5, "languages": {"kk": {}}}})


def test_thresholds_of_earlier_releases_hold_in_every_language() -> None:
    limits = from_plain({"toxicity": {"hold": 0.8, "reject": 0.95}, "insult": {"hold": 0.9}})
    wanted = DefaultThresholds(0.8, 0.95)
    assert all(limits[Label.TOXICITY].of(language) == wanted for language in Language)
    assert as_plain(limits)["toxicity"] == {"hold": 0.8, "reject": 0.95}


BOTH = (Language.ENGLISH, Language.RUSSIAN)


def limits_of(scores: Floats, held_out: Dataset) -> DefaultThresholds:
    probabilities = np.zeros((len(held_out), len(LABELS)))
    probabilities[:, LABELS.index(Label.TOXICITY)] = scores
    supported = {label: BOTH if label is Label.TOXICITY else () for label in LABELS}
    return solve_defaults(probabilities, held_out, supported)[Label.TOXICITY]


def scores_by_language(held_out: Dataset) -> Floats:
    """Return scores whose calm texts lie below .86 in English, and below .74 in Russian."""
    toxic = held_out.target(Label.TOXICITY) > 0
    highest = np.where([one is Language.ENGLISH for one in held_out.languages], 0.86, 0.74)
    calm = np.random.default_rng(4).random(len(held_out)) * highest
    return np.where(toxic, 0.88, calm)


def test_each_language_is_solved_by_itself_and_the_worst_decides_where_it_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(defaults, "HOLD_MIN_OF_TOXICITY", dict.fromkeys(Language, 0.5))
    corpus = a_corpus()
    scores = scores_by_language(corpus)
    limits = limits_of(scores, corpus)
    calm = corpus.target(Label.TOXICITY) == 0
    for language, (least, most) in zip(BOTH, ((0.8, 0.86), (0.69, 0.74)), strict=True):
        spoken = np.array([one is language for one in corpus.languages], bool)
        held = scores[calm & spoken] >= limits.of(language).hold
        assert least < limits.of(language).hold < most
        # Thresholds are rounded to three digits.
        assert held.mean() <= defaults.CALM_HELD[Label.TOXICITY] + 0.005
    assert limits.hold == limits.of(Language.ENGLISH).hold == limits.of(Language.OTHER).hold


def test_a_language_has_limits_of_its_own_to_what_may_be_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    least = dict.fromkeys(Language, 0.6) | {Language.RUSSIAN: 0.85}
    monkeypatch.setattr(defaults, "HOLD_MIN_OF_TOXICITY", least)
    monkeypatch.setattr(defaults, "HOLD_MAX", dict.fromkeys(Language, 0.9) | {BOTH[0]: 0.65})
    corpus = a_corpus()
    limits = limits_of(scores_by_language(corpus), corpus)
    assert [limits.of(language).hold for language in BOTH] == [0.65, 0.85]
    assert limits.hold == 0.85


def test_a_language_with_few_calm_texts_goes_by_what_the_others_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(defaults, "HOLD_MIN_OF_TOXICITY", dict.fromkeys(Language, 0.5))
    corpus = a_corpus()
    of_russian = np.flatnonzero([one is Language.RUSSIAN for one in corpus.languages])
    few = np.ones(len(corpus), bool)
    few[of_russian[defaults.CALM_MIN :]] = False
    held_out = corpus.where(few)
    limits = limits_of(scores_by_language(held_out), held_out)
    assert limits.of(Language.RUSSIAN).hold == limits.hold > 0.8


def test_where_a_language_cannot_show_whom_to_reject_all_of_them_do() -> None:
    corpus = a_corpus()
    russian = np.array([one is Language.RUSSIAN for one in corpus.languages], bool)
    scores = np.where(corpus.target(Label.TOXICITY) > 0, 0.95, 0.1)
    # Three Russian calm texts are scored like rude ones: too many for Russian alone.
    calm = np.flatnonzero(russian & (corpus.target(Label.TOXICITY) == 0))[:3]
    scores[calm] = 0.95
    limits = limits_of(scores, corpus)
    assert limits_of(scores[russian], corpus.where(russian)).reject is None
    assert limits.reject is not None
    assert limits.of(Language.RUSSIAN).reject == limits.reject
