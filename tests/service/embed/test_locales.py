"""The section speaks five languages, and says the same in each."""

import json
import re
from pathlib import Path

import pytest
from babel import Locale

from service.embed import published

FOLDER = Path(published.__file__).with_name("locales")
STATIC = FOLDER.with_name("static")
LANGUAGES = ("en", "ru", "uz-Latn", "uz-Cyrl", "kk")
Lines = dict[str, str | dict[str, str]]


def _lines(language: str) -> Lines:
    lines: Lines = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return lines


def _forms(line: str | dict[str, str]) -> list[str]:
    return [line] if isinstance(line, str) else list(line.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_line_with_the_same_places_to_fill_in(language: str) -> None:
    english, lines = _lines("en"), _lines(language)
    assert set(lines) == set(english)
    for name, line in lines.items():
        assert isinstance(line, dict) == isinstance(english[name], dict), name
        wanted = set(re.findall(r"\{\w+\}", " ".join(_forms(english[name]))))
        for form in _forms(line):
            assert set(re.findall(r"\{\w+\}", form)) == wanted, name
            assert form.strip() == form, name
            assert form, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_number_finds_its_plural_form(language: str) -> None:
    locale = Locale.parse(language.replace("-", "_"))
    forms = {locale.plural_form(n) for n in range(1000)} | {"other"}
    for name, line in _lines(language).items():
        if isinstance(line, dict):
            assert set(line) == forms, name


@pytest.mark.parametrize("language", ["ru", "uz-Cyrl", "kk"])
def test_a_language_in_cyrillic_has_no_latin_letters_among_its_own(language: str) -> None:
    """Letters that look alike come in when one types in a hurry; readers by ear hear nonsense."""
    for name, line in _lines(language).items():
        for form in _forms(line):
            bare = re.sub(r"\{\w+\}|name@example\.org", "", form)
            assert not re.search("[A-Za-z][а-яёғқҳўіәөүұңһ]|[а-яёғқҳўіәөүұңһ][A-Za-z]", bare), name


def test_every_line_is_said_somewhere() -> None:
    said = "".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    known = set(re.findall(r'"((?:\w+\.)+\w+)"', said))
    made_up = tuple(re.findall(r"`((?:\w+\.)+)\$\{", said))
    for name in _lines("en"):
        if not name.startswith("page."):
            assert name in known or name.startswith(made_up), name


def test_every_line_that_is_said_is_there() -> None:
    said = "".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    named = re.findall(r"""\bt\((?:[\w.]+ \? )?"((?:\w+\.)+\w+)"(?: : "((?:\w+\.)+\w+)")?""", said)
    assert {each for pair in named for each in pair if each} <= set(_lines("en"))
