"""Word lists as CSV: read with every wrong row pointed at, written, and the lists to start from.

Columns: word, kind (banned, suspect, innocent), language (en, ru, uz, kk, or empty for all), note.
Semicolons and tabs between columns are read as well: office programs write them.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ml.labels import Language
from service.policy.word_entries import Entry, Kind

COLUMNS = ("word", "kind", "language", "note")
ENTRIES_MAX = 10_000
NOTE_MAX_CHARS = 200
KINDS = "a kind is one of: " + ", ".join(Kind)
STARTER_LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a file: the row as a spreadsheet counts it (the head is 1), and the cure."""

    row: int
    column: str
    detail: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds; with any problem the whole file should be refused."""

    entries: tuple[Entry, ...]
    problems: tuple[RowProblem, ...]


def read_csv(content: bytes) -> Read:
    """Read a word list; never raises, and names every row that is wrong."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused("", "save the file as CSV in UTF-8")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return _read(list(rows))
    except csv.Error as error:
        return _refused("", f"row {rows.line_num} is not CSV: {error}")


def _refused(column: str, detail: str) -> Read:
    return Read((), (RowProblem(1, column, detail),))


def _read(rows: list[list[str]]) -> Read:
    names = [name.strip().lower() for name in rows[0]] if rows else []
    for wanted in ("word", "kind"):
        if wanted not in names:
            return _refused(wanted, f"the first row names the columns: {', '.join(COLUMNS)}")
    if len(rows) - 1 > ENTRIES_MAX:
        return _refused("word", f"a list has at most {ENTRIES_MAX:,} words")
    entries: dict[tuple[str, Language | None], tuple[int, Entry]] = {}
    problems: list[RowProblem] = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        entry = _entry(number, row, problems)
        if entry is None:
            continue
        first, _ = entries.setdefault((entry.word.lower(), entry.language), (number, entry))
        if first != number:
            detail = f"the word stands in row {first} already; keep one of them"
            problems.append(RowProblem(number, "word", detail))
    return Read(tuple(entry for _, entry in entries.values()), tuple(problems))


def _entry(number: int, row: Mapping[str, str], problems: list[RowProblem]) -> Entry | None:
    """Return the row's entry, or None with what is wrong put to the problems."""
    before = len(problems)
    kind = row.get("kind", "").lower()
    if kind not in tuple(Kind):
        problems.append(RowProblem(number, "kind", KINDS))
    language = row.get("language", "").lower()
    if language not in ("", *STARTER_LANGUAGES):
        problems.append(
            RowProblem(number, "language", "a language is en, ru, uz or kk, or is left empty")
        )
    note = row.get("note", "")
    if len(note) > NOTE_MAX_CHARS:
        problems.append(
            RowProblem(number, "note", f"a note has at most {NOTE_MAX_CHARS} characters")
        )
    if len(problems) > before:
        return None
    word = _unguarded(row.get("word", ""))
    try:
        chosen = Language(language) if language else None
        return Entry(word, Kind(kind), chosen, _unguarded(note))
    except ValueError as error:
        problems.append(RowProblem(number, "word", str(error)))
        return None


def write_csv(entries: Iterable[Entry]) -> bytes:
    """Return the list as CSV in UTF-8, with a mark for office programs; reads back the same."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        language = entry.language or ""
        writer.writerow((_guarded(entry.word), entry.kind, language, _guarded(entry.note)))
    return file.getvalue().encode("utf-8-sig")


# A spreadsheet runs a cell that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


@cache
def starter(language: Language) -> tuple[Entry, ...]:
    """Return the list that ships for a language, to be taken over and changed.

    Raises:
        ValueError: there is none for the language.
    """
    if language not in STARTER_LANGUAGES:
        raise ValueError(f"there is no starter list for {language}")
    content = files("service.policy").joinpath(f"starter_lists/{language}.csv").read_bytes()
    return read_csv(content).entries
