"""Word lists as CSV: what is read, what is refused and with which words, and what ships."""

import csv
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.labels import Language
from service.policy import word_lists
from service.policy.innocents import bundled_words
from service.policy.word_entries import Entry, Kind
from service.policy.word_lists import STARTER_LANGUAGES, Read, read_csv, starter, write_csv
from service.policy.words import compile_list


def _read(*lines: str) -> Read:
    return read_csv("\n".join(lines).encode())


def _problem(*lines: str) -> tuple[int, str, str]:
    (problem,) = _read(*lines).problems
    return problem.row, problem.column, problem.detail


def test_a_list_is_read_row_by_row() -> None:
    read = _read(
        "word,kind,language,note", 'дурак*,suspect,ru,"мягко, но всё же"', "foo bar,banned,,"
    )
    assert read.problems == ()
    assert read.entries == (
        Entry("дурак*", Kind.SUSPECT, Language.RUSSIAN, "мягко, но всё же"),
        Entry("foo bar", Kind.BANNED),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_office_programs_write_is_read(delimiter: str) -> None:
    lines = [delimiter.join(row) for row in (("Word", " KIND "), ("слово", "Banned"), ("", ""))]
    read = read_csv("\r\n".join(lines).encode("utf-8-sig"))
    assert read == Read((Entry("слово", Kind.BANNED),), ())


@pytest.mark.parametrize(
    ("row", "column", "right"),
    [
        ("x,banned,,", "word", "at least 2 letters"),
        ("дв*,banned,ru,", "word", "at least 3 letters"),
        ("слово,forbidden,ru,", "kind", "a kind is one of: banned, suspect, innocent"),
        ("слово,banned,de,", "language", "en, ru, uz or kk"),
        ("слово,banned,other,", "language", "en, ru, uz or kk"),
        (f"слово,banned,ru,{'x' * 201}", "note", "at most 200 characters"),
        ("сл*во,banned,ru,", "word", "at the end of the word"),
        ("первое,banned,ru,", "word", "stands in row 2 already"),
    ],
)
def test_a_wrong_row_is_named_with_what_would_be_right(row: str, column: str, right: str) -> None:
    found = _problem("word,kind,language,note", "первое,banned,ru,", row)
    assert found[:2] == (3, column)
    assert right in found[2]


def test_every_wrong_row_is_named_not_only_the_first() -> None:
    read = _read("word,kind", "слово,good", "x,banned", "верно,banned", ",suspect")
    assert [problem.row for problem in read.problems] == [2, 3, 5]
    assert [entry.word for entry in read.entries] == ["верно"]


@pytest.mark.parametrize("content", [b"", b"foo,bar\n1,2", b"word\nx"])
def test_a_file_without_its_columns_is_refused_with_their_names(content: bytes) -> None:
    (problem,) = read_csv(content).problems
    assert problem.detail == "the first row names the columns: word, kind, language, note"


def test_a_file_in_another_encoding_is_refused_with_the_right_one() -> None:
    (problem,) = read_csv("word,kind\nслово,banned".encode("cp1251")).problems
    assert problem.detail == "save the file as CSV in UTF-8"


def test_a_list_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_lists, "ENTRIES_MAX", 2)
    rows = ["word,kind", "раз,banned", "два,banned", "три,banned"]
    assert "at most 2 words" in _problem(*rows)[2]


def test_no_note_is_run_as_a_formula_by_a_spreadsheet() -> None:
    content = write_csv([Entry("слово", Kind.BANNED, None, "=1+1")]).decode("utf-8-sig")
    assert list(csv.reader(content.splitlines()))[1][3] == "'=1+1"


# No letter twice: a stretched word may be too short once it is normalised.
words = st.lists(st.sampled_from("абвгдежзqwertyuiop"), min_size=5, max_size=12, unique=True).map(
    "".join
)
marks = st.sampled_from(["", "*", "!"])
notes = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=30) | st.sampled_from(
    ["=1", "'=1", "''", "+7", "a,b;c", 'he said "no"']
)
entries = st.builds(
    Entry,
    st.builds(str.__add__, words, marks),
    st.sampled_from(Kind),
    st.sampled_from([None, *STARTER_LANGUAGES]),
    notes,
)


@settings(deadline=None)
@given(st.lists(entries, max_size=8, unique_by=lambda entry: (entry.word, entry.language)))
def test_what_is_written_reads_back_the_same(listed: list[Entry]) -> None:
    assert read_csv(write_csv(listed)) == Read(tuple(listed), ())


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_file_whatever_makes_reading_fail(content: bytes) -> None:
    read_csv(b"word,kind,language,note\n" + content)


@pytest.mark.parametrize("language", STARTER_LANGUAGES)
def test_a_starter_list_is_whole_and_small_and_of_its_language(language: Language) -> None:
    file = files("service.policy").joinpath(f"starter_lists/{language}.csv")
    assert read_csv(file.read_bytes()).problems == ()
    listed = starter(language)
    assert 50 <= len(listed) <= 500
    assert {entry.language for entry in listed} == {language}
    assert {entry.kind for entry in listed} == {Kind.BANNED, Kind.SUSPECT}


@pytest.mark.parametrize("language", STARTER_LANGUAGES)
def test_every_starter_word_is_found_as_it_is_listed(language: Language) -> None:
    for entry in starter(language):
        (match, *_) = compile_list([entry]).find(f"и {entry.bare}, да", language)
        assert match.entry == entry
        assert match.as_written == entry.bare


def test_there_is_no_starter_list_for_languages_nobody_wrote_one_for() -> None:
    with pytest.raises(ValueError, match="no starter list"):
        starter(Language.OTHER)


def test_innocent_words_are_listed_once_each_in_a_known_language() -> None:
    words = bundled_words()
    assert len({word for word, _ in words}) == len(words)
    assert {language for _, language in words} == set(STARTER_LANGUAGES)
