"""Evaluating on made-up scores: slices, suites, groups, and the card that is drawn from them."""

from collections.abc import Sequence
from json import loads
from pathlib import Path

import numpy as np
import pytest

from ml import card, page, plots
from ml.artifact import ModelInfo
from ml.bars import Bar
from ml.corpora import training_corpora
from ml.dataset import LABELS, Floats, from_examples
from ml.defaults import DefaultThresholds
from ml.evaluate import Judged, Report, by_slices, evaluate, group_results, holds, suite_results
from ml.labels import Label, Language
from ml.metrics import Metric
from ml.readers import CALM, TOXIC, Example
from ml.suites.load import Case, Expected, Script, Suite, load
from tests.ml.made_up import RUDE_WORDS, a_corpus

HOLD = {Label.TOXICITY: DefaultThresholds(0.5, None)}


def rude_words_score(texts: Sequence[str]) -> Judged:
    """Score toxicity by made-up rude words; everything else a tenth."""
    rude = {word for words in RUDE_WORDS.values() for word in words}
    scores = np.full((len(texts), len(LABELS)), 0.1)
    scores[:, 0] = [0.9 if rude & set(text.lower().split()) else 0.2 for text in texts]
    return in_english(scores)


def in_english(scores: Floats) -> Judged:
    return Judged(scores, [Language.ENGLISH] * len(scores))


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(rude_words_score, a_corpus(), HOLD, seed=1, version="sha256:0")


def test_a_perfect_score_measures_perfect_in_each_language_and_source(report: Report) -> None:
    measured = {(s.by, s.name): s for s in report.slices if s.label is Label.TOXICITY}
    assert {("all", "all"), ("language", "en"), ("source", "made_up_ru")} <= measured.keys()
    assert measured["all", "all"].metrics[Metric.ROC_AUC].value == 1.0
    assert measured["all", "all"].positives == 400


def test_a_label_nobody_knows_is_not_measured(report: Report) -> None:
    assert not [one for one in report.slices if one.label is Label.THREAT]


def test_unknown_labels_are_left_out_of_a_slice() -> None:
    data = a_corpus()
    insult = list(by_slices(data, rude_words_score(data.texts).scores, seed=1))
    known = {s.label: s.texts for s in insult if s.by == "all"}
    assert known[Label.INSULT] == int((~np.isnan(data.target(Label.INSULT))).sum())


def test_a_text_is_held_by_any_label_with_a_threshold_and_by_no_other() -> None:
    scores = np.zeros((3, len(LABELS)))
    scores[0, LABELS.index(Label.SPAM)] = 0.7
    scores[1, LABELS.index(Label.OBSCENITY)] = 0.99
    limits = HOLD | {Label.SPAM: DefaultThresholds(0.7, None)}
    assert holds(in_english(scores), limits).tolist() == [True, False, False]


def test_a_text_is_held_from_what_its_language_has_of_its_own() -> None:
    limits = {
        Label.TOXICITY: DefaultThresholds(0.8, None, {Language.RUSSIAN: DefaultThresholds(0.5, 1)})
    }
    languages = [Language.ENGLISH, Language.RUSSIAN, Language.OTHER]
    assert holds(Judged(np.full((3, len(LABELS)), 0.6), languages), limits).tolist() == [
        False,
        True,
        False,
    ]


def a_case(text: str, *, abusive: bool, group: str | None = None) -> Case:
    return Case(
        id=text,
        suite=Suite.IDENTITY,
        text=text,
        language=Language.ENGLISH,
        script=Script.LATIN,
        expected=Expected.ABUSIVE if abusive else Expected.OK,
        labels=frozenset({Label.TOXICITY}) if abusive else frozenset(),
        functionality="made_up",
        note="",
        template="",
        group=group,
    )


def test_suites_count_what_is_caught_and_what_is_held_wrongly() -> None:
    cases = [a_case(f"{n}", abusive=n < 2) for n in range(4)]
    result = next(iter(suite_results(Suite.IDENTITY, cases, np.array([1, 0, 1, 0], bool))))
    assert (result.caught, result.held_wrongly, result.accuracy) == (0.5, 0.5, 0.5)


def test_a_group_that_is_taken_for_abuse_shows_in_its_bpsn() -> None:
    cases = [
        a_case("one idiot", abusive=True, group="a"),
        a_case("one person", abusive=False, group="a"),
        a_case("another moron", abusive=True, group="b"),
        a_case("another liar in name only", abusive=False, group="b"),
    ]
    results = {one.group: one for one in group_results(cases, rude_words_score, HOLD)}
    assert results["a"].bpsn_auc == 1.0
    assert results["b"].bpsn_auc == 0.5
    assert results["b"].false_positives == 1.0


LIMITS = {"toxicity": {"hold": 0.5, "languages": {"en": {"hold": 0.45, "reject": 0.9}}}}


def test_the_card_names_every_training_corpus_with_its_licence(report: Report) -> None:
    info = ModelInfo(
        {Label.TOXICITY: (Language.ENGLISH,)},
        {"texts": 1200, "seed": 1, "digest": "sha256:1", "thresholds": LIMITS},
    )
    rendered = card.render(report, info, [Bar("speed", 0.5, 0.25, 10)], ["areas.svg"])
    assert "| speed | ≥ 0.5 | 0.250 | **no** | 10 |" in rendered
    assert "![areas](areas.svg)" in rendered
    assert "| toxicity | 5.0% | 0.500 / – | 0.450 / 0.900 | – | – | – |" in rendered
    assert all(c.name in rendered and c.licence in rendered for c in training_corpora())
    assert "| toxicity | all | all | 1,200 | 400 | 1.000 (1.000–1.000)" in rendered
    assert report.suites_digest in rendered


def test_the_card_and_the_report_hold_no_text_that_was_measured(report: Report) -> None:
    written = card.as_json(report)
    assert loads(written)["version"] == "sha256:0"
    assert not [case.text for case in load(Suite.FUNCTIONAL) if case.text in written]


def test_the_page_shows_the_worst_errors_escaped() -> None:
    data = from_examples(
        [Example("<b>missed</b> & rude", TOXIC), Example("calm but held", CALM)],
        source="made_up",
        language=Language.ENGLISH,
    )
    scores = np.zeros((2, len(LABELS)))
    scores[1, 0] = 0.95
    shown = page.render(data, in_english(scores), HOLD, version="sha256:0")
    assert "&lt;b&gt;missed&lt;/b&gt; &amp; rude" in shown
    assert "0.950" in shown
    assert shown.index("missed") < shown.index("calm but held")


def test_the_same_report_draws_the_same_pictures(report: Report, tmp_path: Path) -> None:
    data = a_corpus()
    scores = rude_words_score(data.texts).scores
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    names = plots.draw(report, data, scores, tmp_path / "one")
    plots.draw(report, data, scores, tmp_path / "two")
    for name in names:
        drawn = (tmp_path / "one" / name).read_bytes()
        assert drawn.startswith(b"<?xml")
        assert drawn == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(("reached", "less", "met"), [(0.8, False, True), (0.8, True, False)])
def test_a_bar_knows_which_side_is_better(reached: float, less: bool, met: bool) -> None:  # noqa: FBT001
    assert Bar("x", 0.5, reached, 10, less_is_better=less).is_met is met
