"""Every setting is documented, and every setting is read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from service.cli.settings_table import page
from service.settings import Settings

ROOT = Path(__file__).parents[2]


def settings() -> Iterator[tuple[str, str, str]]:
    """Yield each setting: the word before the last dot, the one after it, and its sentence."""
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for leaf, inner in kind.model_fields.items():
                yield name, leaf, inner.description or ""
        else:
            yield "settings", name, field.description or ""


every_setting = pytest.mark.parametrize(
    ("group", "name", "sentence"),
    [pytest.param(*each, id=f"{each[0]}.{each[1]}") for each in settings()],
)


@pytest.fixture(scope="module")
def read() -> set[tuple[str, str]]:
    """Return every ``something.name`` in the code, the settings' own rules included."""
    trees = [
        ast.parse(path.read_text())
        for path in (*ROOT.glob("service/**/*.py"), *ROOT.glob("worker/**/*.py"))
    ]
    typed = {each for tree in trees for each in _typed_names(tree)}
    found = set()
    for tree in trees:
        assigned = set(_assigned_names(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                words = {_last_word(node.value)}
                words |= {old for new, old in assigned if new in words}
                words |= {group for name, group in typed if name in words}
                found |= {(word, node.attr) for word in words}
    # In settings.py, the settings are `self`; a group may have a name of its own.
    own = {("settings", name) for owner, name in found if owner == "self"}
    groups = {(owner.removesuffix("_settings"), name) for owner, name in found}
    return found | own | groups


def _typed_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names that a file gives to a group by their type, each with the group's own."""
    groups = {
        group.__name__: name
        for name, field in Settings.model_fields.items()
        if isinstance(group := field.annotation, type) and issubclass(group, BaseModel)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            name, kind = node.arg, _last_word(node.annotation)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, kind = node.target.id, _last_word(node.annotation)
        else:
            continue
        if kind in groups:
            yield name, groups[kind]


def _assigned_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield what a file calls something else: the new name, and the last word of the old one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            for target in node.targets:
                if isinstance(target, ast.Name | ast.Attribute):
                    yield _last_word(target), _last_word(node.value)


def _last_word(node: ast.expr) -> str:
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
    return ""


@every_setting
def test_the_setting_is_read_somewhere(
    group: str, name: str, sentence: str, read: set[tuple[str, str]]
) -> None:
    assert (group, name) in read, f"nothing reads {group}.{name}: {sentence}"


@every_setting
def test_the_setting_is_documented_by_a_sentence(group: str, name: str, sentence: str) -> None:
    prefix = "PARLEY_" if group == "settings" else f"PARLEY_{group.upper()}__"
    assert sentence.endswith((".", "…"))
    assert f"| `{prefix}{name.upper()}` |" in page()
    assert f"| {sentence} |" in page()


def test_the_page_of_settings_is_current() -> None:
    written = (ROOT / "docs" / "settings.md").read_text()
    assert written == page(), "run `make settings`"
