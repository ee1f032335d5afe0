"""What is written for training is kept apart from what judges it."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ml.suites import build, load

TRAINING_TEXTS = sorted(
    path
    for path in build.HERE.parent.rglob("*")
    if path.suffix in {".py", ".toml"}
    and str(path.relative_to(build.HERE.parent)).startswith(("augment", "own_writing"))
)
RUN = 6
FIXED_WORDS = 4


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (text for item in value for text in strings(item))
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in strings(item))


def literals(path: Path) -> Iterator[str]:
    """Each text a training file holds; docstrings are left out."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        yield from strings(tomllib.loads(content))
        return
    tree = ast.parse(content)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
            yield "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield str(node.value)


def words(text: str) -> list[str]:
    """Return the words in small letters, with ``{}`` for a slot of any name."""
    return [
        "{}" if word[0] == "{" else word for word in re.findall(r"\{[^}]*\}|\w+", text.casefold())
    ]


class Haystack:
    """All texts of the suites, to look for a training text in."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._lines = "\n".join(" ".join(words(text)) for text in texts)
        self._padded = f" {self._lines} ".replace("\n", " \n ")

    def says_the_same(self, literal: str) -> str | None:
        """Return a text that ``literal``, its slots open, is the template of, or shares a run of.

        A run is six words. A literal of fewer than four words of its own is too short to be
        anybody's.
        """
        found = words(literal)
        if len(found) - found.count("{}") < FIXED_WORDS:
            return None
        pattern = " ".join("[^\n]+" if word == "{}" else re.escape(word) for word in found)
        segments = [segment.strip() for segment in " ".join(found).split("{}")]
        if all(segment in self._lines for segment in segments):
            whole = re.search(f"^{pattern}$", self._lines, re.MULTILINE)
            if whole:
                return whole[0]
        runs = (" ".join(found[at : at + RUN]) for at in range(len(found) - RUN + 1))
        return next((run for run in runs if "{}" not in run and f" {run} " in self._padded), None)


def test_a_template_and_a_borrowed_clause_would_be_noticed() -> None:
    suites = Haystack(["The Roma in my village are the kindest people I have met."])
    assert suites.says_the_same("The {group} in my village are the kindest {} I have met")
    assert suites.says_the_same("In truth they are the kindest people I have met so far")
    assert not suites.says_the_same("{} are people")
    assert not suites.says_the_same("The {} in my town are the nicest neighbours of all")


@pytest.mark.skipif(not TRAINING_TEXTS, reason="nothing is written for training yet")
def test_training_texts_share_no_sentence_template_or_disguise_with_the_suites() -> None:
    suites = Haystack(text for case in load.load_all() for text in (case.text, case.plain) if text)
    written = [(path.name, literal) for path in TRAINING_TEXTS for literal in literals(path)]
    shared = [(*here, same) for here in written if (same := suites.says_the_same(here[1]))]
    assert shared == []
    disguises = {row["disguised"].casefold() for row in build.read_source("disguise_words")}
    assert disguises.isdisjoint(literal.casefold() for _, literal in written)
