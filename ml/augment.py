"""Texts of our own for what the corpora lack, and disguises of what they have.

``own_writing`` expands the templates in ``ml/own_writing``: identity terms in calm and hostile
sentences, insults and threats in the languages that have no corpus of them, hard calm cases. They
are for training; the suites that judge the model are written apart and share none of their words.
``disguised`` rewrites texts the way people hide words from filters.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from random import Random
from typing import Literal, TypedDict

import numpy as np

from ml.dataset import LABELS, Dataset, from_examples, join
from ml.labels import Label, Language
from ml.readers import CLEAN, Example

SOURCE = "own_writing"
DISGUISED = "disguised"
FILLINGS_PER_TEMPLATE = 50
SLOT = re.compile(r"\{(\w+)\}")
VOWELS = "aeiouAEIOU"


class TemplateSet(TypedDict):
    """Templates that share what their sentences say."""

    says: Literal["calm"] | list[str]
    templates: list[str]


class Writing(TypedDict):
    """One language's file: forms of terms, lists of words, sets of templates."""

    terms: list[dict[str, list[str]]]
    words: dict[str, list[str]]
    sets: list[TemplateSet]


WRITTEN_IN = (Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH)


def own_writing(seed: int, *, fillings: int = FILLINGS_PER_TEMPLATE) -> Dataset:
    """Expand every language's templates; each template and its fillings form one group."""
    return join(
        from_examples(_expanded(language, seed, fillings), source=SOURCE, language=language)
        for language in WRITTEN_IN
    )


def read_writing(language: Language) -> Writing:
    """Read one language's templates.

    Raises:
        FileNotFoundError: nothing is written in that language.
    """
    text = files("ml").joinpath(f"own_writing/{language}.toml").read_text(encoding="utf-8")
    writing: Writing = tomllib.loads(text)  # type: ignore[assignment]  # the file's shape is tested
    return writing


def _expanded(language: Language, seed: int, fillings: int) -> Iterator[Example]:
    writing = read_writing(language)
    draw = Random(f"{seed} {language}")  # noqa: S311 - no secret
    for number, templates in enumerate(writing["sets"]):
        labels = labels_of(templates["says"])
        for place, template in enumerate(templates["templates"]):
            group = f"{SOURCE}-{language}-{number}-{place}"
            texts = {_filled(template, writing, draw) for _ in range(fillings)}
            for text in sorted(texts):
                # A template counts the same whether it has one filling or forty.
                yield Example(text, labels, group, weight=_template_weight(len(texts)))


def _template_weight(fillings: int) -> float:
    return float(min(1.0, 12.0 / fillings) if fillings > 1 else 4.0)


def labels_of(says: Literal["calm"] | list[str]) -> Mapping[Label, float]:
    """Return what a set's sentences are known to be; what they do not say stays unknown."""
    if says == "calm":
        return CLEAN
    named = {Label(name): 1.0 for name in says}
    if named.keys() in ({Label.SPAM}, {Label.OBSCENITY}):  # swearing at nobody is not hostile
        return {**CLEAN, **named}
    absent = {Label.THREAT, Label.IDENTITY_ATTACK, Label.SPAM}
    if Label.IDENTITY_ATTACK not in named and Label.SEXUAL not in named:
        absent.add(Label.OBSCENITY)  # whether a slur swears, raters do not agree
    return {**dict.fromkeys(absent, 0.0), **named}


def _filled(template: str, writing: Writing, draw: Random) -> str:
    """Fill a template's slots; all forms of a term in one sentence are of one term."""
    terms = writing["terms"][0]
    chosen = {"": draw.randrange(len(terms["one"])), "2": draw.randrange(len(terms["one"]))}

    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        if name.startswith("a_"):
            return _with_article(fill_named(name.removeprefix("a_")))
        return fill_named(name)

    def fill_named(name: str) -> str:
        form, second = (name[:-1], "2") if name.endswith("2") else (name, "")
        if form in terms:
            return terms[form][chosen[second]]
        return draw.choice(writing["words"][name])

    text = SLOT.sub(fill, template)
    return text[:1].upper() + text[1:] if draw.random() < 0.7 else text.lower().rstrip(".")  # noqa: PLR2004


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in VOWELS and not noun.startswith(("U", "Eu")) else f"a {noun}"


LOOK_ALIKES = {
    "a": "аɑ@4", "e": "е3ё€", "o": "о0ο", "i": "і1!ı", "s": "ѕ5$", "c": "сϲ", "p": "р", "x": "х×",
    "y": "уү", "t": "т7", "k": "к", "u": "υ", "b": "ь8", "h": "һ", "а": "a@4", "е": "e3", "о": "o0",
    "с": "c", "р": "p", "х": "x", "у": "y", "к": "k", "в": "b8", "м": "m", "т": "t7", "н": "h",
    "и": "u", "і": "i1", "з": "3", "б": "6", "ч": "4", "д": "g",
}  # fmt: skip
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
MASKS = "***###_.-@%"


def _swap_letters(word: str, draw: Random) -> str:
    return "".join(
        draw.choice(LOOK_ALIKES[char]) if char in LOOK_ALIKES and draw.random() < 0.5 else char  # noqa: PLR2004
        for char in word.lower()
    )


def mask_letters(word: str, draw: Random) -> str:
    """Hide one to three inner letters behind a mark: ``f*ck``, ``п***ец``."""
    start = draw.randrange(1, max(2, len(word) - 1))
    hidden = min(draw.choice((1, 1, 1, 2, 3)), max(1, len(word) - 1 - start))
    return word[:start] + draw.choice(MASKS) * hidden + word[start + hidden :]


def _spread_letters(word: str, draw: Random) -> str:
    return draw.choice((" ", " ", ".", "-", "_", "*", " . ")).join(word)


def _stretch_letters(word: str, draw: Random) -> str:
    at = draw.randrange(len(word))
    return word[:at] + word[at] * draw.randrange(3, 8) + word[at + 1 :]


def _sprinkle_invisible(word: str, draw: Random) -> str:
    return "".join(char + (draw.choice(INVISIBLE) if draw.random() < 0.5 else "") for char in word)  # noqa: PLR2004


def _drop_letter(word: str, draw: Random) -> str:
    at = draw.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _swap_neighbours(word: str, draw: Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


Disguise = Callable[[str, Random], str]
DISGUISES: Sequence[Disguise] = (
    _swap_letters,
    mask_letters,
    mask_letters,
    _spread_letters,
    _stretch_letters,
    _sprinkle_invisible,
    _drop_letter,
    _swap_neighbours,
)
MIN_LETTERS = 4
WORD = re.compile(rf"[^\W\d_]{{{MIN_LETTERS},}}")


def disguise(text: str, draw: Random, *, share: float = 0.4) -> str:
    """Rewrite about ``share`` of the longer words of ``text``, all by one trick."""
    trick = draw.choice(DISGUISES)

    def rewrite(word: re.Match[str]) -> str:
        return trick(word[0], draw) if draw.random() < share else word[0]

    return WORD.sub(rewrite, text)


def disguised(data: Dataset, seed: int, *, share: float) -> Dataset:
    """Return disguised copies of a ``share`` of short texts, calm ones as well as abusive ones.

    A disguise alone must not be taken for abuse, so calm texts are rewritten in the same way. A
    copy keeps its text's group, labels and half its weight.
    """
    draw = Random(seed)  # noqa: S311 - no secret
    known = ~np.isnan(data.target(Label.TOXICITY))
    rows = [
        row
        for row, text in enumerate(data.texts)
        if known[row] and len(text) <= 300 and draw.random() < share  # noqa: PLR2004
    ]
    part = data.at(np.array(rows, np.intp))
    return Dataset(
        texts=tuple(disguise(text, draw) for text in part.texts),
        languages=part.languages,
        targets=part.targets.reshape(len(rows), len(LABELS)),
        weights=part.weights / 2,
        groups=part.groups,
        sources=(DISGUISED,) * len(rows),
    )
