"""`parley policy …` on a real database, as an administrator calls it."""

import json
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.__main__ import app
from service.cli.policies import PolicyUnreadable
from service.db import Database
from service.policy import queries
from service.policy.queries import PolicyVersion
from tests.service.keys import Caller

A_POLICY = {
    "thresholds": {"spam": {"hold": 0.5}},
    "links": {"most": 1},
    "words": {"listed": [{"word": "дурак", "kind": "banned", "language": "ru"}]},
}


pytestmark = pytest.mark.usefixtures("surroundings")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["policy", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def rules(database: Database, caller: Caller) -> PolicyVersion:
    with database.transaction() as session:
        return queries.current(session, caller.site.id)


def test_what_is_shown_is_edited_in_a_file_and_rules(
    database: Database, caller: Caller, tmp_path: Path
) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(A_POLICY), encoding="utf-8")
    run("edit", "news", "--file", str(file), "--note", "Spring.")
    saved = rules(database, caller)
    assert (saved.version, saved.note, saved.saved_by) == (1, "Spring.", "command line")
    shown = json.loads(run("show", "news"))
    assert shown["links"] == {"most": 1, "allowed_hosts": [], "then": "hold"}
    shown["links"]["most"] = 4
    file.write_text(json.dumps(shown), encoding="utf-8")
    run("edit", "news", "--file", str(file), "--note", "More links.")
    assert rules(database, caller).changes == ("Links, most: 4; it was 1.",)
    listed = " ".join(run("history", "news").split())
    assert "More links." in listed
    run("restore", "news", "1", "--note", "Back.")
    assert rules(database, caller).document == saved.document


def test_without_a_file_the_editor_opens_what_rules(
    database: Database, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys, pathlib\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "text = path.read_text()\n"
        "path.write_text(text.replace('post_moderation', 'pre_moderation'))\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("VISUAL", shlex.join([sys.executable, str(script)]))
    run("edit", "news", "--note", "By hand.")
    assert rules(database, caller).changes == ("The mode: pre moderation; it was post moderation.",)
    monkeypatch.setenv("VISUAL", "true")
    run("edit", "news", "--note", "Nothing.")
    assert rules(database, caller).version == 1


def test_a_wrong_file_is_refused_with_the_place_and_what_would_be_right(
    database: Database, caller: Caller, tmp_path: Path
) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(A_POLICY | {"links": {"most": -1}}), encoding="utf-8")
    with pytest.raises(PolicyUnreadable, match="/links/most must be at least 0"):
        run("edit", "news", "--file", str(file), "--note", "Spring.")
    assert rules(database, caller).version == 0


def test_a_preview_changes_nothing(database: Database, caller: Caller, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(A_POLICY), encoding="utf-8")
    told = " ".join(run("preview", "news", "--file", str(file)).split())
    assert "would be 0 0 0" in told
    assert rules(database, caller).version == 0


def test_words_are_exported_and_imported(
    database: Database, caller: Caller, tmp_path: Path
) -> None:
    file = tmp_path / "words.csv"
    file.write_text("word,kind,language,note\nказино,suspect,ru,\n", encoding="utf-8")
    run("words", "news", "--import", str(file))
    [listed] = rules(database, caller).document.words.listed
    assert (listed.word, listed.kind) == ("казино", "suspect")
    assert "казино,suspect,ru," in run("words", "news")
