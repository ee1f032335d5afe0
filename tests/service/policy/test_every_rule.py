"""Each rule by itself: what it finds, what it asks for, and in which words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ml.labels import Label, Language
from service.authors.sanction_kind import SanctionKind
from service.policy.contacts import ContactKind
from service.policy.evidence import (
    ArticleState,
    AuthorRecord,
    CopyCounts,
    Counted,
    Evidence,
)
from service.policy.outcomes import Outcome, Ruling
from service.policy.rules import Policy, Threshold, rule
from service.policy.sections import (
    Articles,
    Authors,
    Contacts,
    Copies,
    Floods,
    Languages,
    Links,
    Rejections,
    Style,
    Then,
    Window,
)
from service.policy.text_evidence import read_text
from service.policy.word_entries import Entry, Kind
from service.policy.words import compile_list

SPAM = Policy((Threshold(Label.SPAM, hold=0.5),))
CLEAR = Evidence({Label.SPAM: 0.0})
LISTS = compile_list(
    [
        Entry("дурак", Kind.BANNED, Language.RUSSIAN),
        Entry("casino*", Kind.SUSPECT),
        Entry("scunthorpe", Kind.INNOCENT),
    ]
)


def of_text(text: str, policy: Policy = SPAM) -> Ruling:
    return rule(policy, replace(CLEAR, text=read_text(text, language=None, matcher=LISTS)))


def said(ruling: Ruling) -> list[tuple[Outcome, str, str]]:
    return [(each.outcome, each.code, each.sentence) for each in ruling.reasons]


def test_a_banned_word_rejects_and_the_sentence_repeats_what_was_written() -> None:
    assert said(of_text("Ну ты д у р а к!")) == [
        (
            Outcome.REJECT,
            "word_banned",
            "On this site's list of banned words: the word «дурак», written «д у р а к».",
        )
    ]


def test_a_suspect_word_holds() -> None:
    ruling = of_text("The best CASINOS and casinos")
    assert ruling.outcome is Outcome.HOLD
    assert said(ruling)[0][2] == (
        "On this site's list of suspect words: the words «casino*», written «CASINOS», "
        "«casino*», written «casinos»."
    )


def test_many_listed_words_are_not_all_told() -> None:
    ruling = of_text(" ".join(f"casino{letter}" for letter in "abcdefgh"))
    assert ruling.reasons[0].sentence.endswith("«casinoe» and 3 more.")


@pytest.mark.parametrize(
    ("text", "policy", "code"),
    [
        ("see http://bad.example/x", replace(SPAM, links=Links()), "links"),
        (
            "call +998 90 123 45 67",
            replace(SPAM, contacts=Contacts(kinds=(ContactKind.PHONE,))),
            "contacts",
        ),
        ("WHY DOES NOBODY LISTEN TO ME", replace(SPAM, style=Style(capitals=0.7)), "capitals"),
        ("noooooooooooo", replace(SPAM, style=Style(longest_run=10)), "character_run"),
        ("buy it now " * 9, replace(SPAM, style=Style(repetition=0.5)), "repetition"),
    ],
)
def test_what_a_text_holds_speaks_only_where_the_rule_is_on(
    text: str, policy: Policy, code: str
) -> None:
    assert of_text(text).outcome is Outcome.APPROVE
    ruling = of_text(text, policy)
    assert (ruling.outcome, ruling.reasons[0].code) == (Outcome.HOLD, code)


def test_a_link_to_an_allowed_place_is_none() -> None:
    policy = replace(SPAM, links=Links(allowed_hosts=("news.example",)))
    assert of_text("see https://www.news.example/1", policy).outcome is Outcome.APPROVE
    assert of_text("see https://news.example.bad.com", policy).outcome is Outcome.HOLD


def test_a_telephone_number_is_not_repeated() -> None:
    ruling = of_text("call +998 90 123 45 67", replace(SPAM, contacts=Contacts()))
    assert ruling.reasons[0].sentence == "It gives away a way to be reached: phone."


def test_a_language_is_refused_only_where_it_is_sure() -> None:
    policy = replace(SPAM, languages=Languages(accepted=(Language.KAZAKH,), then=Then.REJECT))
    english = replace(CLEAR, language=Language.ENGLISH, language_probability=0.95)
    assert said(rule(policy, english))[0][1:] == (
        "language",
        "It is in English, and this site takes Kazakh.",
    )
    assert rule(policy, replace(english, language_probability=0.6)).outcome is Outcome.APPROVE
    assert rule(policy, replace(english, language=Language.KAZAKH)).outcome is Outcome.APPROVE


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        (CopyCounts(1, 1), "clear"),
        (CopyCounts(2, 2), "copy_exact"),
        (CopyCounts(1, 3), "copy_near"),
    ],
)
def test_copies_speak_from_the_bound_on(counts: CopyCounts, code: str) -> None:
    policy = replace(SPAM, copies=Copies(exact=2, near=3))
    assert rule(policy, replace(CLEAR, copies=counts)).reasons[0].code == code


def test_one_comment_more_than_the_most_is_a_flood() -> None:
    policy = replace(SPAM, floods=Floods(network=Window(most=5, minutes=1), then=Then.REJECT))
    assert rule(policy, replace(CLEAR, floods={Counted.NETWORK: 5})).outcome is Outcome.APPROVE
    ruling = rule(policy, replace(CLEAR, floods={Counted.NETWORK: 6, Counted.AUTHOR: 99}))
    assert said(ruling) == [
        (
            Outcome.REJECT,
            "flood_network",
            "6 comments came from this network within a minute; 5 is the most here.",
        )
    ]


@pytest.mark.parametrize(
    ("kind", "outcome", "code"),
    [
        (SanctionKind.ALWAYS_HOLD, Outcome.HOLD, "author_always_held"),
        (SanctionKind.SUSPENDED, Outcome.REJECT, "author_suspended"),
        (SanctionKind.BANNED, Outcome.REJECT, "author_banned"),
    ],
)
def test_a_sanction_needs_no_policy(kind: SanctionKind, outcome: Outcome, code: str) -> None:
    ruling = rule(SPAM, replace(CLEAR, author=AuthorRecord(sanction=kind)))
    assert (ruling.outcome, ruling.reasons[0].code) == (outcome, code)


@pytest.mark.parametrize(
    ("author", "code"),
    [
        (AuthorRecord(approved=2), "author_new"),
        (AuthorRecord(approved=3), "clear"),
        (AuthorRecord(approved=9, rejected=9, recent_rejected=4), "author_often_rejected"),
        (AuthorRecord(approved=9, has_throwaway_email=True), "throwaway_email"),
    ],
)
def test_an_authors_record_is_held_against_the_bounds(author: AuthorRecord, code: str) -> None:
    bounds = Authors(
        new_until=3, recent_rejections=Rejections(of=10, at_least=4), throwaway_email=Then.HOLD
    )
    ruling = rule(replace(SPAM, authors=bounds), replace(CLEAR, author=author))
    assert ruling.reasons[0].code == code


def test_a_trusted_author_who_writes_a_banned_word_meets_a_person() -> None:
    policy = replace(SPAM, authors=Authors(trusted_approve=True), trusted_from=5)
    text = read_text("дурак", language=None, matcher=LISTS)
    author = AuthorRecord(approved=7)
    ruling = rule(policy, replace(CLEAR, author=author, text=text))
    assert ruling.outcome is Outcome.HOLD
    codes = [reason.code for reason in ruling.reasons]
    assert codes == ["rules_disagree", "word_banned", "author_trusted"]
    stained = AuthorRecord(approved=70, rejected=1)
    assert rule(policy, replace(CLEAR, author=stained, text=text)).outcome is Outcome.REJECT


def test_a_discussion_is_over_after_its_days() -> None:
    policy = replace(SPAM, articles=Articles(close_after_days=14))
    fresh, old = ArticleState(timedelta(days=14)), ArticleState(timedelta(days=14, seconds=1))
    assert rule(policy, replace(CLEAR, article=fresh)).outcome is Outcome.APPROVE
    assert rule(policy, replace(CLEAR, article=old)).reasons[0].code == "article_over"


def test_under_a_pre_moderated_article_a_person_sees_all() -> None:
    ruling = rule(SPAM, replace(CLEAR, article=ArticleState(is_pre_moderated=True)))
    assert (ruling.outcome, ruling.reasons[0].code) == (Outcome.HOLD, "article_pre_moderated")
