"""The catalogues as translators write them, one ``.po`` file for each language of the pages."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("kk", "ru", "uz")


def read(language: str) -> Catalog:
    """Return a language's catalogue; an empty one where it has no file yet."""
    path = FOLDER / f"{language}.po"
    if not path.is_file():
        return Catalog(locale=language, project="Parley", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(language: str, lines: Catalog) -> None:
    """Bring a language's file up to the lines in use: new ones are empty, unused ones are gone."""
    kept = read(language)
    kept.update(lines, no_fuzzy_matching=True)
    kept.obsolete.clear()
    with (FOLDER / f"{language}.po").open("wb") as file:
        write_po(file, kept, width=100, omit_header=True, sort_output=True, include_lineno=False)


def holes(language: str, lines: Catalog) -> Iterator[str]:
    """Yield what is wrong in a language's catalogue, a sentence for each line."""
    kept = read(language)
    for line in lines:
        if not line.id:
            continue
        found = kept.get(line.id)
        if found is None or not all(_forms(found)):
            yield f"{language}: no translation of {line.id!r}"
        elif wrong := [form for form in _forms(found) if _blanks(form) != _wanted(line, form)]:
            yield f"{language}: other blanks than in {line.id!r}: {wrong[0]!r}"


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _wanted(line: Message, form: str) -> set[str]:
    """Return the blanks a form must have; a form for one thing may leave the number out."""
    english = (line.id,) if isinstance(line.id, str) else tuple(line.id)
    choices = [_blanks(each) for each in english]
    return _blanks(form) if _blanks(form) in choices else choices[-1]


def _blanks(text: str) -> set[str]:
    """Return the names of what is filled in: ``{name}`` of scripts, ``%(name)s`` of templates."""
    scripts = {name for _, name, _, _ in _fields(text) if name}
    return scripts | {part.partition(")")[0] for part in text.split("%(")[1:]}


def _fields(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(text))
    except ValueError:  # a lone brace is no blank
        return []
