import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sites import reader_texts
from service.sites.reader_language import ReaderLanguage

ROOT = Path(__file__).parents[3] / "service"
FOLDERS = sorted(path.parent for path in ROOT.glob("*/texts/en.toml"))
each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
each_language = pytest.mark.parametrize("language", ReaderLanguage)
LETTERS = {
    ReaderLanguage.ENGLISH: "[a-z]",
    ReaderLanguage.RUSSIAN: "[а-яё]",
    ReaderLanguage.UZBEK_LATIN: "[a-z‘’]",
    ReaderLanguage.UZBEK_CYRILLIC: "[а-яёўқғҳ]",
    ReaderLanguage.KAZAKH: "[а-яёәғқңөұүһі]",
}


def fields_of(line: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(line) if name}


def test_there_are_texts_for_readers() -> None:
    assert {path.parent.name for path in FOLDERS} >= {"appeals", "sites"}


@each_folder
@each_language
def test_no_language_has_a_hole_and_every_line_takes_the_same_values(
    folder: Path, language: ReaderLanguage
) -> None:
    english = reader_texts.in_language(folder, ReaderLanguage.ENGLISH).lines
    lines = reader_texts.in_language(folder, language).lines
    assert lines.keys() == english.keys()
    for key, line in lines.items():
        assert line.strip() == line != "", key
        assert fields_of(line) == fields_of(english[key]), key


@each_folder
@each_language
def test_every_line_is_in_the_letters_of_its_language(
    folder: Path, language: ReaderLanguage
) -> None:
    for key, line in reader_texts.in_language(folder, language).lines.items():
        words = re.sub(r"\{\w+\}|JavaScript|[^\w‘’]|\d", "", line).lower()
        assert re.fullmatch(f"{LETTERS[language]}+", words), (key, line)


@pytest.mark.parametrize(
    ("language", "day"),
    [
        (ReaderLanguage.ENGLISH, "25 November 2026"),
        (ReaderLanguage.RUSSIAN, "25 ноября 2026 г."),
        (ReaderLanguage.UZBEK_LATIN, "2026-yil 25-noyabr"),
        (ReaderLanguage.UZBEK_CYRILLIC, "2026 йил 25 ноябр"),
        (ReaderLanguage.KAZAKH, "2026 ж. 25 қараша"),
    ],
)
def test_a_day_is_written_as_the_language_has_it(language: ReaderLanguage, day: str) -> None:
    words = reader_texts.in_language(FOLDERS[0], language)
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert " ".join(words.date(at).split()) == day


@each_folder
def test_no_two_languages_share_a_line(folder: Path) -> None:
    seen: dict[str, ReaderLanguage] = {}
    for language in ReaderLanguage:
        for line in reader_texts.in_language(folder, language).lines.values():
            shared = seen.get(line, language)
            assert shared is language or len(line.split()) == 1, (line, shared, language)
            seen[line] = language


def test_a_file_with_a_hole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[page]\ntitle = "Why"\nwho = "Who"\n')
    (tmp_path / "ru.toml").write_text('[page]\ntitle = "Почему"\n')
    with pytest.raises(ValueError, match=r"page\.who"):
        reader_texts.in_language(tmp_path, ReaderLanguage.RUSSIAN)


@pytest.mark.parametrize(
    ("asked", "accepted", "wanted"),
    [
        ("kk", "ru", ReaderLanguage.KAZAKH),
        (None, "uz-Cyrl-UZ, ru;q=0.8", ReaderLanguage.UZBEK_CYRILLIC),
        (None, "uz, en", ReaderLanguage.UZBEK_LATIN),
        (None, "de, fr;q=0.8, ru;q=0.5", ReaderLanguage.RUSSIAN),
        ("xx", "en-GB", ReaderLanguage.ENGLISH),
        ("ru-KZ", None, ReaderLanguage.RUSSIAN),
        (None, "de", ReaderLanguage.KAZAKH),
        (None, None, ReaderLanguage.KAZAKH),
    ],
)
def test_the_language_asked_for_comes_before_the_browsers(
    asked: str | None, accepted: str | None, wanted: ReaderLanguage
) -> None:
    otherwise = ReaderLanguage.KAZAKH
    assert reader_texts.wanted_language(asked, accepted, otherwise=otherwise) is wanted


@given(st.text(), st.text())
def test_whatever_is_asked_for_some_language_is_spoken(asked: str, accepted: str) -> None:
    english = ReaderLanguage.ENGLISH
    assert reader_texts.wanted_language(asked, accepted, otherwise=english) in ReaderLanguage
