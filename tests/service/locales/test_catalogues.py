"""Every line that a page says is found, and no catalogue has holes once it ships."""

import re
from pathlib import Path
from typing import ClassVar

import pytest
from babel.messages.catalog import Catalog

from service import html
from service.locales import catalogues
from service.locales.extracting import catalogue


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_catalogue_has_holes(language: str) -> None:
    assert list(catalogues.holes(language, catalogue())) == []


def test_lines_of_templates_scripts_and_descriptions_are_found() -> None:
    lines = catalogue()
    for line in ("Sign in", "just now", "Links to places that are not on the list.", "Threat"):
        assert lines.get(line) is not None, line


def test_no_line_of_a_script_hides_from_the_catalogue() -> None:
    """Within a template string, none is found that has values of its own."""
    found = {line for each in catalogue() for line in (each.id if each.pluralizable else [each.id])}
    for path in (Path(html.__file__).parent / "ui").rglob("*.js"):
        said = re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))
        assert {line for line in said if line not in found} == set(), path.name


def test_a_hole_and_a_lost_blank_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    lines = Catalog(locale="ru")
    for line in ("Held by {name}", "Sign in", ("%(count)s comment", "%(count)s comments")):
        lines.add(line)
    catalogues.write("ru", lines)
    (tmp_path / "ru.po").write_text(
        (tmp_path / "ru.po")
        .read_text("utf-8")
        .replace('msgid "Held by {name}"\nmsgstr ""', 'msgid "Held by {name}"\nmsgstr "У коллеги"'),
        encoding="utf-8",
    )
    found = list(catalogues.holes("ru", lines))
    assert len(found) == 3
    assert "other blanks than in 'Held by {name}'" in found[0]


def test_scripts_get_the_forms_of_a_number_in_order() -> None:
    class Russian:
        _catalog: ClassVar = {
            ("{n} comment", 0): "a",
            ("{n} comment", 2): "c",
            ("{n} comment", 1): "b",
            "Yes": "Да",
            "": "",
        }

    assert html.lines_of(Russian()) == {"Yes": "Да", "{n} comment": ["a", "b", "c"]}  # type: ignore[arg-type]
