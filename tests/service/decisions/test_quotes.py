"""The sentences come from the policy's own rules, so that another wording cannot escape."""

import pytest

from service.decisions.quotes import without_quotes
from service.policy import text_rules
from service.policy.sections import Links
from service.policy.text_evidence import read_text
from service.policy.word_entries import Entry, Kind
from service.policy.words import Matcher

_TEXT = "Z-e-b-r-a! Zebra, see zebra.example.com and www.zebra.org/zebra, zebra."


@pytest.mark.parametrize("kind", [Kind.BANNED, Kind.SUSPECT])
def test_no_word_and_no_host_of_the_text_is_left_in_a_reason(kind: Kind) -> None:
    matcher = Matcher([Entry(word="zebra", kind=kind, language=None)])
    read = read_text(_TEXT, language=None, matcher=matcher)
    found = [*text_rules.by_words(read.words), *text_rules.by_links(Links(), read)]
    reasons = [{"code": each.code, "sentence": each.sentence} for each in found]
    assert ["zebra" in each["sentence"] for each in reasons] == [True, True]
    blanked = without_quotes(reasons)
    assert [each["code"] for each in blanked] == [each["code"] for each in reasons]
    assert [each for each in blanked if "zebra" in each["sentence"].lower()] == []


def test_a_reason_that_quotes_nothing_stays_as_it_is() -> None:
    reasons = [{"code": "score_insult", "sentence": "Insult scored 0.93, due to its words; held."}]
    assert without_quotes(reasons) == reasons
