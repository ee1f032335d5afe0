"""How far a misspelled word is from another one. Pure."""

from collections.abc import Iterable

from service.review.folding import fold

_SHORT_LETTERS, _LONG_LETTERS = 5, 10


def edits(misspelled: str, word: str) -> int:
    """Return the fewest edits that make of ``misspelled`` a beginning of ``word``.

    An edit adds a letter, drops one, changes one, or swaps two neighbours.

    Source: optimal string alignment; the end of ``word`` costs nothing.
    """
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(misspelled, start=1):
        previous, before, row = before, row, [i]
        for j, other in enumerate(word, start=1):
            fewest = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and misspelled[i - 2] == other:
                fewest = min(fewest, previous[j - 2] + 1)
            row.append(fewest)
    return min(row)


def by_edits(misspelled: str, words: Iterable[str]) -> list[str]:
    """Return those of the words that a slip of the keyboard explains, by the number of edits.

    ``misspelled`` is folded. A short word may have one edit, a longer one two, and a long one, of
    which the end may be another, three. Among equals the order stays as it was.
    """
    letters = len(misspelled)
    most = 1 if letters <= _SHORT_LETTERS else 2 if letters < _LONG_LETTERS else 3
    counted = [(edits(misspelled, fold(word)), word) for word in words]
    return [word for number, word in sorted(counted, key=lambda each: each[0]) if number <= most]
