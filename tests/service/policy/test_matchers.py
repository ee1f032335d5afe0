"""Compiled lists are kept by policy version."""

from collections.abc import Sequence

from service.policy.matchers import Matchers
from service.policy.word_entries import Entry, Kind


def _never() -> Sequence[Entry]:
    raise AssertionError("the list was compiled already")


def _a_list() -> Sequence[Entry]:
    return [Entry("слово", Kind.BANNED)]


def test_a_version_is_compiled_once() -> None:
    matchers = Matchers()
    first = matchers.of("site 1", _a_list)
    assert matchers.of("site 1", _never) is first
    assert len(first.find("слово", None)) == 1


def test_versions_do_not_share_a_list() -> None:
    matchers = Matchers()
    matchers.of("site 1", _a_list)
    assert matchers.of("site 2", list).find("слово", None) == []


def test_the_version_unused_longest_goes_first() -> None:
    matchers = Matchers(kept=2)
    oldest = matchers.of(1, _a_list)
    matchers.of(2, _a_list)
    assert matchers.of(1, _never) is oldest
    matchers.of(3, _a_list)
    assert matchers.of(1, _never) is oldest
    assert len(matchers.of(2, list)) == 0
