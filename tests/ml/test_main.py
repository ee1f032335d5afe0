"""``python -m ml``: what it says when it cannot start, and its small verbs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml import artifact, card, defaults, plots, stored_report
from ml.__main__ import app
from ml.bars import Bar
from ml.defaults import DefaultThresholds
from ml.evaluate import BlindResult, GroupResult, Report, Slice, SuiteResult
from ml.labels import Label, Language
from ml.metrics import Estimate, Metric
from ml.suites.load import Suite
from tests.ml.small_model import a_model, an_info

runner = CliRunner()
BARS = (Bar("wished for", 0.9, 0.8, 100),)


def a_report(version: str) -> Report:
    metrics = dict.fromkeys(Metric, Estimate(0.9, 0.8, 1.0))
    return Report(
        version=version,
        seed=1,
        slices=[Slice(Label.TOXICITY, "all", "all", 100, 20, metrics)],
        suites=[SuiteResult(Suite.SPAM, Language.UZBEK, "all", 9, 0.5, 0.5, None)],
        groups=[GroupResult(Language.RUSSIAN, "tatars", 0.9, 0.8, 0.7, 0.1, 0.6)],
        suites_digest="sha256:suites",
        thresholds={
            Label.TOXICITY: DefaultThresholds(
                0.7, 0.9, {Language.RUSSIAN: DefaultThresholds(0.8, None)}
            )
        },
        blind=[BlindResult(Language.KAZAKH, "negation", 4, 0.75, 0.5, 0.0, None)],
        blind_digest="sha256:blind",
    )


@pytest.mark.parametrize("command", ["train", "evaluate", "adapt"])
def test_without_a_folder_the_variable_is_named(command: str, tmp_path: Path) -> None:
    result = runner.invoke(app, [command, "--models", str(tmp_path)], env={"PARLEY_CORPORA": ""})
    assert result.exit_code == 2
    assert "PARLEY_CORPORA" in result.output


def test_a_folder_without_corpora_is_named_with_who_named_it(tmp_path: Path) -> None:
    result = runner.invoke(app, ["train"], env={"PARLEY_CORPORA": str(tmp_path)})
    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert "holds no corpora" in said
    assert "named by PARLEY_CORPORA" in said


def test_a_missing_file_of_a_corpus_is_named(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    result = runner.invoke(app, ["train", "--corpora", str(tmp_path)])
    assert result.exit_code == 2
    assert "jigsaw_multilabel_merged.csv" in result.output


def test_a_stored_report_reads_back_as_it_was() -> None:
    report = a_report("sha256:some")
    assert stored_report.read(card.as_json(report, BARS)) == (report, list(BARS))


@pytest.mark.parametrize("text", ["[]", "{}", '{"bars": []}', "nothing"])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"report|Expecting"):
        stored_report.read(text)


def test_the_card_is_drawn_anew_from_stored_figures(tmp_path: Path) -> None:
    info = an_info()
    info = replace(info, training={**info.training, defaults.KEY: {"toxicity": {"hold": 0.7}}})
    digest = artifact.save(a_model(), tmp_path / "parley.model", info=info)
    stored = tmp_path / "report.json"
    stored.write_text(card.as_json(a_report(digest), BARS), encoding="utf-8")
    result = runner.invoke(app, ["card", "--models", str(tmp_path)])
    assert result.exit_code == 0, result.output
    written = (tmp_path / "CARD.md").read_text(encoding="utf-8")
    assert "| wished for | ≥ 0.9 | 0.800 | **no** | 100 |" in written
    assert "| kk | negation | 4 | 0.750 | 0.500 | 0.000 | – |" in written
    assert all(f"({name})" in written for name in plots.NAMES)


def test_figures_of_another_model_make_no_card(tmp_path: Path) -> None:
    artifact.save(a_model(), tmp_path / "parley.model", info=an_info())
    stored = tmp_path / "report.json"
    stored.write_text(json.dumps({}), encoding="utf-8")
    assert "Run evaluate first" in runner.invoke(app, ["card", "--models", str(tmp_path)]).output
    stored.write_text(card.as_json(a_report("sha256:other"), BARS), encoding="utf-8")
    result = runner.invoke(app, ["card", "--models", str(tmp_path)])
    assert result.exit_code == 2
    assert "tells of sha256:other" in result.output


def test_a_text_is_explained_label_by_label(tmp_path: Path) -> None:
    artifact.save(a_model(), tmp_path / "parley.model", info=an_info())
    result = runner.invoke(app, ["explain", "You are a stupid clown", "--models", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "toxicity" in result.output
    assert "exact" in result.output


def test_the_same_table_gives_the_same_curves(tmp_path: Path) -> None:
    table = tmp_path / "curve.csv"
    table.write_text(
        "of,share,set,roc_auc\ntexts,0.5,a,0.7\ntexts,1,a,0.8\nsteps,1,b,0.6\n", encoding="utf-8"
    )
    drawn = []
    for _ in range(2):
        assert runner.invoke(app, ["curves", str(table)]).exit_code == 0
        drawn.append(table.with_suffix(".svg").read_bytes())
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith(b"<?xml")
