from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone

from ml.classifier import Averaged
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.pipeline import ModerationPipeline, Params, build
from tests.ml.small_model import LABELS, PARAMS, a_model, sentences

TOXICITY, INSULT, THREAT = (LABELS.index(x) for x in (Label.TOXICITY, Label.INSULT, Label.THREAT))


def test_every_label_has_a_probability_for_every_text() -> None:
    probabilities = a_model().predict_proba(["You are a fool", ""])
    assert probabilities.shape == (2, len(LABELS))
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_the_model_ranks_what_it_was_taught() -> None:
    texts, targets, _ = sentences()
    scores = a_model().predict_proba(texts)[:, TOXICITY]
    rude = targets[:, TOXICITY] == 1
    assert scores[rude].min() > scores[~rude].max()


def test_rows_where_a_label_is_unknown_do_not_teach_it() -> None:
    texts, targets, languages = sentences()
    more = targets.copy()
    unknown = np.isnan(targets[:, INSULT])
    plain = build(PARAMS).fit(texts, targets, languages=languages)
    kept = ~unknown
    without = build(PARAMS).fit(
        texts, np.where(unknown[:, None], np.nan, more), languages=languages
    )
    assert kept.any()
    assert unknown.any()
    assert np.array_equal(
        plain.predict_proba(texts)[:, INSULT], without.predict_proba(texts)[:, INSULT]
    )


def test_a_label_without_examples_has_no_chance() -> None:
    assert (a_model().predict_proba(["I will find you"])[:, THREAT] == 0).all()


def test_a_row_without_weight_teaches_nothing() -> None:
    texts, targets, languages = sentences()
    wrong = targets.copy()
    wrong[::5, TOXICITY] = 1 - wrong[::5, TOXICITY]
    weight = np.ones(len(texts))
    weight[::5] = 0
    right = build(PARAMS).fit(texts, targets, languages=languages, sample_weight=weight)
    same = build(PARAMS).fit(texts, wrong, languages=languages, sample_weight=weight)
    scores = [model.predict_proba(texts)[:, TOXICITY] for model in (right, same)]
    assert np.array_equal(*scores)


def test_a_language_with_weights_of_its_own_learns_nothing_from_another() -> None:
    texts, targets, languages = sentences()
    english = np.array([language is Language.ENGLISH for language in languages])
    otherwise = targets.copy()
    otherwise[english] = 1 - otherwise[english]

    def moved(params: Params, first: int) -> float:
        """Return how far the weights of a table move when English texts mean the opposite."""
        found = [
            build(params).fit(texts, given, languages=languages).classifier.weights_
            for given in (targets, otherwise)
        ]
        rows = np.arange(first, first + (1 << params.hash_bits), dtype=np.int32)
        before, after = (weights.rows(rows)[:, TOXICITY] for weights in found)
        return float(np.abs(before - after).max() / sum(w.steps[TOXICITY] for w in found))

    assert moved(PARAMS, 0) > 10
    apart = replace(PARAMS, own_tables=(Language.RUSSIAN,))
    assert moved(apart, 0) > 10
    assert moved(apart, 1 << PARAMS.hash_bits) < 1  # no more than rounding


def test_a_language_without_examples_of_its_own_is_judged_by_what_all_have_taught() -> None:
    texts, targets, languages = sentences()
    targets = targets.copy()
    targets[[language is Language.RUSSIAN for language in languages]] = np.nan
    params = replace(PARAMS, own_tables=(Language.ENGLISH, Language.RUSSIAN))
    model = build(params).fit(texts, targets, languages=languages)
    size = 1 << params.hash_bits
    tables = [
        model.classifier.weights_.numbers(np.arange(at * size, (at + 1) * size, dtype=np.int32))
        for at in range(3)
    ]
    assert np.array_equal(tables[2], tables[0])
    assert tables[0].any()


def _weights(model: ModerationPipeline, table: int) -> np.ndarray:
    size = 1 << PARAMS.hash_bits
    rows = np.arange(table * size, (table + 1) * size, dtype=np.int32)
    return model.classifier.weights_.rows(rows)[:, TOXICITY]


def test_a_line_may_be_the_mean_of_what_all_rows_and_some_alone_have_taught() -> None:
    texts, targets, languages = sentences()
    alone = np.arange(len(texts)) % 4 > 0
    params = replace(PARAMS, own_tables=(Language.RUSSIAN,))
    shares = np.zeros((len(LANGUAGES), len(LABELS)))
    russian = LANGUAGES.index(Language.RUSSIAN)

    def taught(share: float, kept: np.ndarray) -> ModerationPipeline:
        shares[russian, TOXICITY] = share
        return build(params).fit(
            texts, targets, languages=languages, averaged=Averaged(kept, shares.copy())
        )

    all_rows, some, mean = taught(0, alone), taught(1, alone), taught(0.5, alone)
    step = 2 * max(one.classifier.weights_.steps[TOXICITY] for one in (all_rows, some, mean))

    def away(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.abs(one - other).max() / step)

    assert away(_weights(all_rows, 0), _weights(some, 0)) < 1  # the table of all is as it was
    assert away(_weights(mean, 1), (_weights(all_rows, 1) + _weights(some, 1)) / 2) < 1
    assert away(_weights(mean, 1), _weights(all_rows, 1)) > 3
    nobody = taught(1, np.zeros(len(texts), bool))
    assert away(_weights(nobody, 1), _weights(all_rows, 1)) < 1


def test_a_soft_target_lies_between_yes_and_no() -> None:
    texts = [f"word{i % 3} and so on" for i in range(300)]
    targets = np.full((300, len(LABELS)), np.nan)
    targets[:, TOXICITY] = [(0.0, 0.5, 1.0)[i % 3] for i in range(300)]
    model = build(PARAMS).fit(texts, targets, languages=[Language.ENGLISH] * 300)
    no, half, yes = model.predict_proba(texts[:3])[:, TOXICITY]
    assert no < half < yes


def test_versions_of_a_text_calibrate_together_or_not_at_all() -> None:
    texts, targets, languages = sentences()
    groups = [str(i // 12) for i in range(len(texts))]
    first = build(PARAMS).fit(texts, targets, languages=languages, groups=groups)
    again = build(PARAMS).fit(texts, targets, languages=languages, groups=groups)
    alone = build(PARAMS).fit(texts, targets, languages=languages)
    assert np.array_equal(first.predict_proba(texts), again.predict_proba(texts))
    assert not np.array_equal(first.predict_proba(texts), alone.predict_proba(texts))


def test_a_calibrated_score_rises_with_the_raw_one_in_every_language() -> None:
    slopes = a_model().classifier.slopes_
    assert slopes.shape == (len(LANGUAGES), len(LABELS))
    assert (slopes > 0).all()


def test_a_pipeline_can_be_cloned_and_asked_for_its_parameters() -> None:
    model = clone(build(Params(penalty=0.5, hash_bits=12)))
    assert model.get_params()["labels__penalty"] == 0.5
    assert model.get_params()["grams__hash_bits"] == 12


def test_targets_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"targets must have shape \(2, 8\)"):
        build(PARAMS).fit(["a", "b"], np.zeros((2, 3)))


def test_a_set_from_which_nothing_can_be_learned_is_refused() -> None:
    with pytest.raises(ValueError, match="No label has 10 known examples"):
        build(PARAMS).fit(["a", "b"], np.zeros((2, len(LABELS))))


@pytest.mark.parametrize("wrong", [{"hash_bits": 5}, {"calibration_share": 1.0}])
def test_parameters_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Params(**wrong)  # type: ignore[arg-type]  # one of several types
