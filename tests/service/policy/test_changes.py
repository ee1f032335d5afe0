import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.locales import catalogues
from service.policy.changes import changes
from service.policy.document import PolicyDocument
from service.sentences import known_sentences
from service.wording import in_words

REJECT = "reject where at least {} of 100 would be rejected"
WORD = {"word": "дурак", "kind": "banned", "language": "ru"}


def document(**parts: Any) -> PolicyDocument:  # noqa: ANN401 - whatever a site may write
    return PolicyDocument.model_validate({"thresholds": {}, **parts})


PARTS: list[dict[str, Any]] = [
    {},
    {"mode": "pre_moderation"},
    {"trusted_from": 7},
    {"thresholds": {"spam": {"hold": 0.5}}},
    {"thresholds": {"spam": {"hold": 0.5, "languages": {"ru": {"reject": 0.9}}}}},
    {"operating_points": [{"label": "spam", "languages": ["ru"], "reject": 97, "approve": 1}]},
    {"words": {"starters": ["kk"]}},
    {"words": {"listed": [WORD]}},
    {"allow": {"authors": ["editor"]}},
    {"links": {"most": 2}},
    {"style": {"capitals": 0.5}},
    {"floods": {"author": {"most": 5, "minutes": 1}}},
    {"authors": {"new_until": 3}},
]


@given(st.sampled_from(PARTS), st.sampled_from(PARTS))
def test_there_is_a_sentence_for_every_change_and_none_without(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    told = changes(document(**one), document(**other))
    assert bool(told) == (document(**one) != document(**other))
    assert all(sentence.endswith(".") for sentence in told)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {"mode": "pre_moderation"}, "The mode: pre moderation; it was post moderation."),
        (
            {"thresholds": {"spam": {"hold": 0.5}}},
            {"thresholds": {"spam": {"hold": 0.5, "reject": 0.97}}},
            "Spam: held from 0.5 and rejected from 0.97; it was held from 0.5.",
        ),
        (
            {"thresholds": {"spam": {"hold": 0.5}}},
            {"thresholds": {"spam": {"hold": 0.5, "languages": {"kk": {"hold": 0.3}}}}},
            "Spam in Kazakh: held from 0.3; it was as in other languages.",
        ),
        (
            {"operating_points": [{"label": "insult", "languages": ["ru"], "reject": 95}]},
            {"operating_points": [{"label": "insult", "languages": ["ru"], "reject": 97}]},
            f"Insult in Russian: {REJECT.format(97)}; it was: {REJECT.format(95)}.",
        ),
        ({}, {"words": {"starters": ["uz"]}}, "The starter list for Uzbek was taken over."),
        ({}, {"words": {"listed": [WORD]}}, "1 banned word added to the list: «дурак»."),
        (
            {"words": {"listed": [WORD]}},
            {"words": {"listed": [WORD | {"kind": "suspect"}]}},
            "«дурак» is suspect; it was banned.",
        ),
        ({"allow": {"authors": ["a"]}}, {}, "a was taken from the allow list of authors."),
        ({"links": {"most": 1}}, {"links": {"most": 3}}, "Links, most: 3; it was 1."),
        ({"links": {}}, {}, "Links: off."),
        (
            {},
            {"articles": {"close_after_days": 14}},
            "Articles: on, with close after days: 14, then: reject.",
        ),
    ],
)
def test_changes_are_told_in_words(
    before: dict[str, Any], after: dict[str, Any], sentence: str
) -> None:
    assert changes(document(**before), document(**after)) == [sentence]


def test_many_words_are_counted() -> None:
    words = [{"word": f"слово{letter}", "kind": "suspect"} for letter in "абвгдежз"]
    [told] = changes(document(), document(words={"listed": words}))
    assert told.startswith("8 suspect words added to the list: «словоа»")
    assert told.endswith("and 3 more.")


@pytest.mark.parametrize("part", PARTS[1:])
def test_every_change_is_told_in_the_language_of_the_page(part: dict[str, Any]) -> None:
    russian = catalogues.read("ru")

    def translate(line: str) -> str:
        found = russian.get(line)
        return str(found.string) if found is not None and found.string else line

    sentences = known_sentences()
    for before, after in (({}, part), (part, {})):
        for sentence in changes(document(**before), document(**after)):
            told = in_words("policy_change", sentence, lines=sentences, translate=translate)
            assert set(re.findall("[a-z]+", told)) <= {"editor"}, told
