"""How loudly and how repetitively a text is written, as shares that a site can bound."""

import re

import numpy as np

CASED_LETTERS_MIN = 12
WORDS_MIN = 4

_WORD = re.compile(r"\w+")
_UPPER, _LOWER = 1, 2


def _cases() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return the case of each character by its code; beyond the last one stands one without."""
    letters = map(chr, range(_CODES_WITH_CASE))
    cases = (_UPPER if each.isupper() else _LOWER if each.islower() else 0 for each in letters)
    return np.fromiter(cases, np.uint8, _CODES_WITH_CASE)


# No letter beyond these planes has a case in Unicode 16; a test looks at all of them.
_CODES_WITH_CASE = 0x20000
_CASES = _cases()
_LONG_RUN = re.compile(r"(\S)\1\1+")


def capitals(text: str) -> float:
    """Return the share of capitals among letters that have a case, in [0, 1].

    Zero with fewer than ``CASED_LETTERS_MIN`` of them: an abbreviation shouts at nobody.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    cases = _CASES.take(codes, mode="clip")
    upper = int(np.count_nonzero(cases == _UPPER))
    cased = upper + int(np.count_nonzero(cases == _LOWER))
    return upper / cased if cased >= CASED_LETTERS_MIN else 0.0


def longest_run(text: str) -> int:
    """Return how often the most repeated character stands in a row: 4 for "no!!!!".

    Zero where none stands three times in a row: a doubled letter is no run.
    """
    runs = (match.end() - match.start() for match in _LONG_RUN.finditer(text))
    return max(runs, default=0)


def repetition(text: str) -> float:
    """Return the share of word triples that have stood in the text before, in [0, 1).

    Zero with fewer than ``WORDS_MIN`` words. Ordinary comments stay below a tenth.
    """
    words = _WORD.findall(text.lower())
    if len(words) < WORDS_MIN:
        return 0.0
    triples = list(zip(words, words[1:], words[2:], strict=False))
    return 1 - len(set(triples)) / len(triples)
