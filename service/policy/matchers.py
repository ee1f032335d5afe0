"""Compiled word lists by policy version: compiled once, kept while they are used."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock

from service.policy.word_entries import Entry
from service.policy.words import Matcher, compile_list

KEPT = 64


class Matchers:
    """The matchers of the policy versions used last; safe to share by threads.

    A version never changes, so nothing here grows stale.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._compiled: OrderedDict[Hashable, Matcher] = OrderedDict()
        self._lock = Lock()

    def of(self, version: Hashable, entries: Callable[[], Sequence[Entry]]) -> Matcher:
        """Return the version's matcher; ``entries`` is asked only if it is not kept."""
        with self._lock:
            if version in self._compiled:
                self._compiled.move_to_end(version)
                return self._compiled[version]
        # Compiled outside the lock: two threads may do it at once, which costs time and no more.
        matcher = compile_list(entries())
        with self._lock:
            self._compiled[version] = matcher
            if len(self._compiled) > self._kept:
                self._compiled.popitem(last=False)
        return matcher
