"""Words cut into the pieces that the sentence encoder knows: the likeliest cut of a unigram model.

Source: Kudo 2018, "Subword Regularization", as SentencePiece does it for XLM-RoBERTa. A piece never
crosses a space, so each word is cut by itself, and once.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

# Stands for the space before a word.
SPACE = "\u2581"
# An unknown letter costs this much more than the least likely piece.
_UNKNOWN_COSTS = 10.0
_WORDS_KEPT = 1 << 16


class Pieces:
    """Cuts texts into numbered pieces.

    Args:
        pieces: by number; an empty one stands for nothing.
        scores: log-likelihood of each.
        respelled: what the encoder reads for a character, e.g. a plain letter for a wide one.
        unknown: the number of what no piece covers.
        first: pieces below this number are marks that no text contains.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        scores: Sequence[float],
        respelled: Mapping[int, str],
        *,
        unknown: int,
        first: int,
    ) -> None:
        self._numbers = {piece: i for i, piece in enumerate(pieces) if piece and i >= first}
        self._scores = scores
        self._respelled = respelled
        self._unknown = unknown
        self._unknown_score = min(scores) - _UNKNOWN_COSTS
        self._longest = max(map(len, self._numbers), default=1)
        self.of_word = lru_cache(_WORDS_KEPT)(self._cut)

    def of(self, text: str, *, at_most: int) -> list[int]:
        """Return the first ``at_most`` numbers of a text's pieces."""
        numbers: list[int] = []
        for word in text.translate(self._respelled).split(" "):
            if word:
                numbers += self.of_word(word)
            if len(numbers) >= at_most:
                break
        return numbers[:at_most]

    def _cut(self, word: str) -> tuple[int, ...]:
        """Return the most likely cut of a word, by dynamic programming from left to right."""
        marked = SPACE + word
        size = len(marked)
        best = [0.0] + [float("-inf")] * size
        came = [(0, self._unknown)] * (size + 1)
        for start in range(size):
            so_far = best[start]
            for end in range(start + 1, min(start + self._longest, size) + 1):
                number = self._numbers.get(marked[start:end])
                if number is not None:
                    score = so_far + self._scores[number]
                elif end == start + 1:
                    number, score = self._unknown, so_far + self._unknown_score
                else:
                    continue
                if score > best[end]:
                    best[end], came[end] = score, (start, number)
        return tuple(_walked(came, size))


def _walked(came: Sequence[tuple[int, int]], end: int) -> list[int]:
    numbers = []
    while end:
        end, number = came[end]
        numbers.append(number)
    return numbers[::-1]
