from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from ml import label_page
from ml.labels import Label, Language
from ml.suites import load
from ml.suites.load import Definition

WRITTEN = Path(__file__).parents[2] / "docs" / "labels.md"


def test_the_page_of_labels_is_current() -> None:
    assert WRITTEN.read_text("utf-8") == label_page.render(), (
        "run `python -m ml.label_page > docs/labels.md`"
    )


def test_every_example_of_every_language_stands_on_the_page() -> None:
    page = label_page.render()
    for one in load.definitions():
        section = page.split(f"## {one.label}\n")[1].split("\n## ")[0]
        for text in (*one.yes, *one.no, one.definition):
            assert text in section
    assert page.index("examples are harsh") < page.index("## toxicity")


def test_an_example_with_a_bar_or_a_bracket_stays_in_its_cell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = Definition(
        label=Label.SPAM,
        language=Language.ENGLISH,
        definition="Advertises.",
        yes=("buy | now", "<b>buy</b>"),
        no=("a", "b"),
    )
    monkeypatch.setattr(label_page, "definitions", lambda: [written])
    html = MarkdownIt().enable("table").render(label_page.render())
    assert "<td>buy | now<br>" in html
    assert "<b>" not in html
    assert html.count("<td>") == 4
