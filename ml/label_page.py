"""The page of labels, written from their definitions: ``python -m ml.label_page > docs/labels.md``.

What a label means stands in one table (``ml/suites/definitions``), and the page is that table for
people to read.
"""

from collections.abc import Iterator, Sequence

import typer

from ml.labels import DEFINITIONS, Label, Language
from ml.suites.load import Definition, definitions

HEAD = """\
# Labels

*These examples are harsh: abuse, threats, slurs and swearing stand here as people write them, so
that nobody has to guess where a label begins. They are our own writing and mean no real person.*

A comment may carry none of these labels, one, or several; each has a score of its own, from 0 to 1.
What is done with a score is the site's policy (`/review/policy`). A label that the data cannot
support in a language has no score there, rather than a guess: which those are stands in the
[model card](../ml/models/CARD.md).

Below, each label in plain words, with two texts of each language that carry it and two that do not.
Uzbek is shown in Latin and Kazakh in Cyrillic letters; both are read in either script. The Uzbek
and Kazakh texts were not read by native speakers.
"""

NAMES = {
    Language.ENGLISH: "English",
    Language.RUSSIAN: "Russian",
    Language.UZBEK: "Uzbek",
    Language.KAZAKH: "Kazakh",
}


def render() -> str:
    """Return the whole page, the same from the same table."""
    return "\n".join([HEAD, *(line for label in Label for line in _section(label))])


def _section(label: Label) -> Iterator[str]:
    yield f"## {label.value}\n"
    yield f"{DEFINITIONS[label]}\n"
    yield "| language | carries it | does not | in its own words |"
    yield "| --- | --- | --- | --- |"
    yield from (_row(one) for one in definitions() if one.label is label)
    yield ""


def _row(one: Definition) -> str:
    own = "as above" if one.language is Language.ENGLISH else _cell([one.definition])
    return f"| {NAMES[one.language]} | {_cell(one.yes)} | {_cell(one.no)} | {own} |"


def _cell(texts: Sequence[str]) -> str:
    """Return texts one below the other, none of whose signs ends the cell or begins mark-up."""
    return "<br>".join(text.replace("|", "\\|").replace("<", "&lt;") for text in texts)


if __name__ == "__main__":
    typer.echo(render(), nl=False)
