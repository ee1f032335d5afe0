"""What the card says of a model comes from that model, and what it lacks it says."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ml import artifact, card, history, stored_report
from ml.__main__ import app
from ml.artifact import ModelInfo
from ml.bars import NOT_MEASURED, Bar
from ml.calibrating import stated_prevalence
from ml.dataset import LABELS
from ml.evaluate import BlindResult, GroupResult, Report, Slice, SuiteResult
from ml.history import History
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.metrics import Estimate, Metric
from ml.referral import Rule
from ml.second_tier import SecondTier, even_leanings
from ml.suites.load import Suite
from ml.train import TIERS
from tests.ml.small_model import a_model, an_info

EN, RU, UZ, KK = Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH
DIGEST = "sha256:this"
TOLD = History(DIGEST, "Its authors saw much.", "It was measured thrice.")
LIMITS = {"toxicity": {"hold": 0.5}}
SHARES = {"low": 0.05, "calm_referred": 0.25, "toxic_referred": 0.5}
RULE = {"encoder": "e5-small:abc", "high": 0.995, "languages": {"en": SHARES}}
ONE_TIER = ModelInfo({Label.TOXICITY: (EN,)}, {"thresholds": LIMITS})
TWO_TIERS = ModelInfo({Label.TOXICITY: (EN,)}, {"thresholds": LIMITS, TIERS: RULE})


def a_report(*, blind: bool = False) -> Report:
    metrics = dict.fromkeys(Metric, Estimate(0.9, 0.8, 1.0))
    return Report(
        version=DIGEST,
        seed=1,
        slices=[Slice(Label.TOXICITY, "language", "en", 100, 20, metrics)],
        suites=[
            SuiteResult(Suite.FUNCTIONAL, EN, "negation", 20, 0.75, 0.5, 0.1),
            SuiteResult(Suite.FUNCTIONAL, KK, "negation", 8, 0.5, 0.5, 0.1),
            SuiteResult(Suite.SPAM, KK, "casino", 8, 0.5, 0.5, 0.1),
            SuiteResult(Suite.IDENTITY, EN, "all", 40, 0.75, 0.5, 0.1),
        ],
        groups=[
            GroupResult(EN, "tatars", 0.9, 0.8, 0.7, 0.3, 0.6),
            GroupResult(EN, "women", 0.9, 0.8, 0.7, 0.05, 0.6),
            GroupResult(RU, "tatars", 0.9, 0.8, 0.7, 0.2, 0.6),
        ],
        suites_digest="sha256:suites",
        thresholds={},
        blind=[BlindResult(KK, "all", 4, 0.75, 0.5, 0.0, None)] if blind else (),
        blind_digest="sha256:blind" if blind else "",
    )


def rendered(
    info: ModelInfo = ONE_TIER,
    *,
    bars: Sequence[Bar] = (),
    blind: bool = False,
    second: SecondTier | None = None,
    told: History | None = None,
) -> str:
    text = card.render(a_report(blind=blind), info, bars, (), second=second, history=told)
    return " ".join(text.split())


def a_second_tier() -> SecondTier:
    second = SecondTier(rule=Rule((0.05, 0.06, 0.07, 0.08, 0.09), 0.995))
    second.leanings_ = even_leanings(len(LABELS))
    uzbek = LANGUAGES.index(UZ)
    second.leanings_[:2, uzbek] = [[0.3], [0.7]]
    second.leanings_[:2, uzbek, LABELS.index(Label.SPAM)] = [0.25, 0.75]
    return second


def test_a_model_of_one_tier_is_not_described_as_two() -> None:
    one, two = rendered(), rendered(TWO_TIERS)
    assert "One tier: a linear model" in one
    assert "e5-small" not in one
    assert "Two tiers. The first is a linear model" in two
    assert "multilingual-e5-small" in two
    other = replace(TWO_TIERS, training={**TWO_TIERS.training, TIERS: {**RULE, "encoder": "x:1"}})
    assert "multilingual-e5-small" not in rendered(other)


def test_which_languages_have_weights_of_their_own_is_what_the_model_says() -> None:
    assert "all languages share one table" in rendered()
    own = {**ONE_TIER.training, "params": {"own_tables": ["ru", "kk"]}}
    assert "texts in ru and kk are judged" in rendered(replace(ONE_TIER, training=own))


def test_a_history_is_told_of_the_model_that_has_one() -> None:
    assert TOLD.choices in rendered(told=TOLD)
    other = rendered(blind=True)
    assert "last models" not in other
    assert "eight times" not in other


def test_a_blind_set_that_was_not_measured_has_no_history() -> None:
    assert "measured thrice" not in rendered(told=TOLD)
    assert "Not measured with these figures" in rendered(told=TOLD)
    assert "measured thrice" in rendered(told=TOLD, blind=True)
    assert "Not measured" not in rendered(told=TOLD, blind=True)


def test_a_history_of_another_model_is_not_told(tmp_path: Path) -> None:
    assert history.beside(tmp_path, DIGEST) is None
    written = f'model = "{DIGEST}"\nchoices = "{TOLD.choices}"\nblind = "{TOLD.blind}"\n'
    (tmp_path / history.FILE).write_text(written, encoding="utf-8")
    assert history.beside(tmp_path, DIGEST) == TOLD
    assert history.beside(tmp_path, "sha256:other") is None


@pytest.mark.parametrize("text", ["model = ", 'model = "x"', 'model = "x"\nmore = 1\n'])
def test_a_history_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"needs model|Invalid"):
        History.read(text)


def test_every_language_has_a_row_of_the_cascade_or_a_word_why_not() -> None:
    text = rendered(TWO_TIERS, second=a_second_tier())
    assert "| en | 0.050 | 25.0% | 50.0% |" in text
    assert "| uz | 0.070 | – | – |" in text
    assert "Of ru, uz and kk no shares are told" in text
    full = {**RULE, "languages": dict.fromkeys(("en", "ru", "uz", "kk"), SHARES)}
    info = replace(TWO_TIERS, training={**TWO_TIERS.training, TIERS: full})
    assert "no shares are told" not in rendered(info, second=a_second_tier())


def test_how_far_each_tier_counts_is_what_the_model_holds() -> None:
    text = rendered(TWO_TIERS, second=a_second_tier())
    assert "| en | 1 | 0 |" in text
    assert "toxicity 0.3, " in text
    assert "spam 0.25" in text


def test_a_language_without_rows_is_named() -> None:
    assert "There is none for toxicity in ru, uz or kk" in rendered()


def test_each_label_is_told_with_the_share_it_is_calibrated_for() -> None:
    text = rendered()
    for label in Label:
        shares = (f"{stated_prevalence(label, one):.1%}" for one in (EN, RU, UZ, KK))
        assert f"| {label} | {' | '.join(shares)} |" in text


def test_what_was_left_out_of_a_bar_and_what_is_not_measured_is_told() -> None:
    bars = [Bar("forums", 0.94, 0.9, 1000, left_out=1602), Bar("speed", 0.5, 0.25, 10)]
    text = rendered(bars=bars)
    assert "| forums | ≥ 0.94 | 0.900 | **no** | 1,000 (1,602 left out) |" in text
    assert "| speed | ≥ 0.5 | 0.250 | **no** | 10 |" in text
    assert all(f"| {wish.what} | {wish.wanted} | not measured: " in text for wish in NOT_MEASURED)


def test_the_page_that_tells_speeds_is_there() -> None:
    models = Path(card.__file__).parent / "models"
    assert "(../../docs/speed.md)" in rendered()
    assert (models / "../../docs/speed.md").resolve().is_file()


def test_a_group_is_told_with_its_gap_and_a_language_with_their_sum() -> None:
    text = rendered()
    assert "| en | tatars | 0.900 | 0.800 | 0.700 | 0.300 | +0.200 | 0.600 |" in text
    assert "| en | women | 0.900 | 0.800 | 0.700 | 0.050 | -0.050 | 0.600 |" in text
    assert "| ru | tatars | 0.900 | 0.800 | 0.700 | 0.200 | – | 0.600 |" in text
    assert "| en | 2 | 0.100 | 0.250 | +0.200 (tatars) |" in text


def test_the_functional_suite_is_told_part_by_part_and_language_by_language() -> None:
    text = rendered()
    assert "| functional | negation | 0.75 of 20 | – | – | 0.50 of 8 |" in text
    assert "casino" not in text


def test_the_same_figures_make_the_same_card() -> None:
    second = a_second_tier()
    assert rendered(TWO_TIERS, second=second) == rendered(TWO_TIERS, second=second)


def test_figures_of_a_release_that_left_nothing_out_are_refused() -> None:
    written = card.as_json(a_report(), [Bar("forums", 0.94, 0.9, 1000)])
    assert stored_report.read(written)[1] == [Bar("forums", 0.94, 0.9, 1000)]
    with pytest.raises(ValueError, match="did not leave out what also trains"):
        stored_report.read(written.replace('"left_out": 0,', ""))


def test_the_model_that_ships_has_its_history() -> None:
    models = Path(card.__file__).parent / "models"
    loaded = artifact.load(models / "parley.model")
    assert history.beside(models, loaded.digest) is not None, (
        f"{history.FILE} tells of another model: write what was looked at while {loaded.digest}"
        " was chosen, and put that digest into it"
    )
    assert loaded.second is not None
    assert np.allclose(loaded.second.leanings_[:2].sum(axis=0), 1)


def test_a_history_that_cannot_be_read_is_named_where_a_card_is_wanted(tmp_path: Path) -> None:
    training = {**an_info().training, "thresholds": LIMITS}
    info = replace(an_info(), training=training)
    digest = artifact.save(a_model(), tmp_path / "parley.model", info=info)
    stored = card.as_json(replace(a_report(blind=True), version=digest))
    (tmp_path / "report.json").write_text(stored, encoding="utf-8")
    told = tmp_path / history.FILE
    told.write_text(f'model = "{digest}"', encoding="utf-8")
    result = CliRunner().invoke(app, ["card", "--models", str(tmp_path)])
    assert result.exit_code == 2
    assert "history.toml needs model, choices and blind" in result.output
    told.write_text(f'model = "{digest}"\nchoices = ""\nblind = "{TOLD.blind}"', encoding="utf-8")
    assert CliRunner().invoke(app, ["card", "--models", str(tmp_path)]).exit_code == 0
    assert TOLD.blind in (tmp_path / card.FILE).read_text(encoding="utf-8")
