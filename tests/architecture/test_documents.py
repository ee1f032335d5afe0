"""What the documents name is there."""

import re
from pathlib import Path

import pytest
import typer

from service.__main__ import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CHANGELOG.md", "docs/settings.md")
TARGETS = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    linked = re.findall(r"\]\((?!https?://)([^)#]+)\)", text)
    quoted = re.findall(r"`((?:service|worker|ml|tests|docs)/[\w./]*)`", text)
    assert [name for name in linked + quoted if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_is_shown_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group
    shown = set(re.findall(r"(?:^|`)parley ([a-z]+)", text, re.MULTILINE))
    assert shown <= known
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= set(TARGETS)


def test_make_help_lists_every_target_that_is_meant_for_people() -> None:
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z-]+):[^\n]* ## \S", makefile, re.MULTILINE))
    assert set(TARGETS) - explained == {"format-check"}
    assert set(re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE)) == set(TARGETS)
