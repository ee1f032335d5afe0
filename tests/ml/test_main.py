"""``python -m ml``: what it says when it cannot start."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml.__main__ import app

runner = CliRunner()


@pytest.mark.parametrize("command", ["train", "evaluate"])
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
