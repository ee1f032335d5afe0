"""What the documents name is there."""

import ast
import re
from pathlib import Path

import pytest
import typer

from service.__main__ import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    *sorted(str(each.relative_to(ROOT)) for each in (ROOT / "docs").rglob("*.md")),
)
FOLDERS = ("service", "worker", "ml", "tests", "migrations")
NAMED = re.compile(rf"`((?:{'|'.join(FOLDERS)}|docs)/[\w./-]*)`")
TARGETS = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    beside = (ROOT / document).parent
    linked = re.findall(r"\]\((?!https?://)([^)#]+)[^)]*\)", text)
    assert [name for name in linked if not (beside / name).exists()] == []
    assert [name for name in NAMED.findall(text) if not (ROOT / name).exists()] == []
    modules = re.findall(r"python -m ((?:tests|ml)(?:\.\w+)*)", text)
    files = [f"{name.replace('.', '/')}{end}" for name in modules for end in (".py", "/")]
    assert sum((ROOT / name).exists() for name in files) == len(modules)


def test_every_file_that_a_modules_docstring_names_exists() -> None:
    modules = [each for folder in FOLDERS for each in (ROOT / folder).rglob("*.py")]
    named = [
        (str(module.relative_to(ROOT)), name)
        for module in modules
        for name in NAMED.findall(ast.get_docstring(ast.parse(module.read_text())) or "")
    ]
    assert named
    assert [(module, name) for module, name in named if not (ROOT / name).exists()] == []


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
