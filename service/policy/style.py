"""How loudly and how repetitively a text is written, as shares that a site can bound."""

import re

CASED_LETTERS_MIN = 12
WORDS_MIN = 4

_WORD = re.compile(r"\w+")
_LONG_RUN = re.compile(r"(\S)\1+")


def capitals(text: str) -> float:
    """Return the share of capitals among letters that have a case, in [0, 1].

    Zero with fewer than ``CASED_LETTERS_MIN`` of them: an abbreviation shouts at nobody.
    """
    upper = sum(map(str.isupper, text))
    cased = upper + sum(map(str.islower, text))
    return upper / cased if cased >= CASED_LETTERS_MIN else 0.0


def longest_run(text: str) -> int:
    """Return how often the most repeated character stands in a row: 4 for "no!!!!"."""
    runs = (match.end() - match.start() for match in _LONG_RUN.finditer(text))
    return max(runs, default=min(len(text.strip()), 1))


def repetition(text: str) -> float:
    """Return the share of word triples that have stood in the text before, in [0, 1).

    Zero with fewer than ``WORDS_MIN`` words. Ordinary comments stay below a tenth.
    """
    words = _WORD.findall(text.lower())
    if len(words) < WORDS_MIN:
        return 0.0
    triples = list(zip(words, words[1:], words[2:], strict=False))
    return 1 - len(set(triples)) / len(triples)
