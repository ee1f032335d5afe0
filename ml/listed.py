"""Whether a word of a list stands in a text: one feature for each list.

A list teaches each of its words as a text of its own (``ml.lexicons``); this lets the whole list
stand for a word that no comment of the corpora holds, in whatever form of it is listed.
"""

from collections.abc import Iterable, Mapping
from typing import Self

import numpy as np
import numpy.typing as npt

from ml import hashing
from ml.hashing import Hashes
from ml.normalise import normalise_many

Lists = npt.NDArray[np.uint8]

_LISTS_MAX = 256
# Nearly all words are told not to be listed by the first bits of their hashes.
_SIEVE_BITS = 20
# Knuth's golden ratio: spreads the lists' numbers over the columns.
_SPREAD = np.uint32(0x9E3779B1)


class Listed:
    """The words of some lists, as hashes of what they are read as.

    Attributes:
        hashes: shape (n,), in order, each once.
        lists: shape (n,), the number of the list that each stands in; the first of several.
    """

    def __init__(self, hashes: Hashes, lists: Lists) -> None:
        """Take both as they were stored.

        Raises:
            ValueError: they are not of one length, or the hashes are not in order.
        """
        if hashes.shape != lists.shape or not (hashes[1:] > hashes[:-1]).all():
            raise ValueError("listed words need one list each, and hashes in order")
        self.hashes = hashes
        self.lists = lists
        self._sieve = np.zeros(1 << _SIEVE_BITS, np.bool_)
        self._sieve[hashes >> np.uint32(32 - _SIEVE_BITS)] = True
        numbers = np.arange(1, _LISTS_MAX + 1, dtype=np.uint32)
        self._columns = numbers * _SPREAD

    @classmethod
    def of(cls, lists: Mapping[str, Iterable[str]]) -> Self:
        """Read lists by name, in the order of their names; entries of several words are left out.

        Raises:
            ValueError: more lists than a byte can number.
        """
        if len(lists) > _LISTS_MAX:
            raise ValueError(f"{len(lists)} lists, where {_LISTS_MAX} are the most.")
        numbers: dict[int, int] = {}
        for number, name in enumerate(sorted(lists)):
            for word in hashing.lone_words(normalise_many(list(lists[name])).folded):
                numbers.setdefault(word, number)
        hashes = np.array(sorted(numbers), np.uint32)
        return cls(hashes, np.array([numbers[int(word)] for word in hashes], np.uint8))

    def grams(self, words: hashing.Words) -> hashing.Grams:
        """Return a feature where each listed word begins."""
        at = self._sieve.take(words.hashes >> np.uint32(32 - _SIEVE_BITS)).nonzero()[0]
        if len(at):
            found = self.hashes.searchsorted(words.hashes.take(at))
            found[found == len(self.hashes)] = 0
            right = self.hashes.take(found) == words.hashes.take(at)
            at, found = at[right], found[right]
            return hashing.Grams(words.starts.take(at), self._columns.take(self.lists.take(found)))
        return hashing.Grams(words.starts[:0], words.hashes[:0])
