"""Sentences of ours with values in them, told in the language of a page. Pure.

The API speaks English. A sentence is a line with its blanks filled in: "{name} has this comment in
hand; take the next one." Of every stable code it is known which lines it may say (see
``service/sentences.py``). A page finds the one, takes the values out of the sentence, and puts them
into the catalogue's line. So nothing but the sentence is stored of a reason, old decisions are told
too, and what is blanked in a sentence, because its text was erased, is blanked in every language.

``ui/sentences.js`` does the same for scripts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

# Blanks filled with words of ours, which a page translates; all others are names and numbers.
WORDS = frozenset(
    {
        *(
            "accepted",
            "by",
            "change",
            "kinds",
            "label",
            "language",
            "lasted",
            "most_long",
            "other_change",
            "role",
            "said",
        ),
        *("span", "state", "status", "then", "wanted", "words", "wrong"),
    }
)
# The code of parts of sentences: what fills the blanks above, and what is wrong with a field.
PARTS = "parts"

Lines = Mapping[str, Sequence[str]]

BLANK = re.compile(r"\{(\w+)\}")


def values_in(line: str, sentence: str) -> dict[str, str] | None:
    """Return what fills the blanks of ``line`` in ``sentence``; None if it is not made of it."""
    found = _pattern(line).fullmatch(sentence)
    return None if found is None else found.groupdict()


def in_words(code: str, sentence: str, *, lines: Lines, translate: Callable[[str], str]) -> str:
    """Return the sentence in the language of ``translate``; as it is, where no line is known."""
    for line in lines.get(code, ()):
        values = values_in(line, sentence)
        if values is not None:
            return _filled(
                translate(line),
                {
                    name: _part(value, lines, translate) if name in WORDS else value
                    for name, value in values.items()
                },
            )
    return translate(sentence)


def _filled(line: str, values: Mapping[str, str]) -> str:
    return BLANK.sub(lambda blank: values.get(blank[1], blank[0]), line)


def _part(value: str, lines: Lines, translate: Callable[[str], str]) -> str:
    """Return a part of a sentence in words; a list of which each is known, one by one.

    A comma may also stand inside a part of ours, or in what somebody wrote.
    """

    def tell(part: str) -> str:
        told = in_words(PARTS, part, lines=lines, translate=translate)
        if told != part or not part[:1].islower():
            return told
        # A word that begins a line elsewhere, such as the name of a field.
        other = translate(part[0].upper() + part[1:])
        return part if other[1:] == part[1:] else other[0].lower() + other[1:]

    if value in lines.get(PARTS, ()):
        return translate(value)
    parts = value.split(", ")
    told = [tell(each) for each in parts]
    # A word that somebody wrote stands in marks of ours, and needs no translation.
    pairs = zip(parts, told, strict=True)
    if all(after != before or before.startswith("«") for before, after in pairs):
        return ", ".join(told)
    return tell(value)


@cache
def _pattern(line: str) -> re.Pattern[str]:
    parts = BLANK.split(line)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)),
        re.DOTALL,
    )
