from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Label, Language
from service.authors.sanction_kind import SanctionKind
from service.policy.evidence import ArticleState, AuthorRecord, Evidence
from service.policy.outcomes import Outcome
from service.policy.rules import Degradation, Mode, Policy, Threshold, rule
from service.policy.text_evidence import TextEvidence
from service.policy.words import Match
from tests.service.policy.made_up import (
    evidence,
    labels,
    matches,
    policies,
    probability,
    scores,
    switched_off,
    texts,
    thresholds,
)

NO_TRUST = {"trusted_approve": False}
INSULT = Threshold(Label.INSULT, hold=0.4, reject=0.97)
SPAM = Threshold(Label.SPAM, reject=0.9)


@given(policies, evidence, scores, labels, probability)
def test_raising_a_score_never_makes_the_ruling_kinder(
    policy: Policy, known: Evidence, scored: dict[Label, float], label: Label, other: float
) -> None:
    lower = {label: other} | scored
    higher = lower | {label: max(lower[label], other)}
    before, after = (rule(policy, replace(known, scores=each)) for each in (lower, higher))
    assert after.outcome >= before.outcome
    assert after.urgency >= before.urgency


@given(policies, evidence, texts, matches)
def test_finding_another_listed_word_never_makes_the_ruling_kinder(
    policy: Policy, known: Evidence, text: TextEvidence, match: Match
) -> None:
    worse = replace(text, words=(*text.words, match))
    before, after = (rule(policy, replace(known, text=each)) for each in (text, worse))
    assert after.outcome >= before.outcome
    assert after.urgency >= before.urgency


@given(policies, evidence)
def test_who_speaks_for_a_comment_lifts_a_rejection_to_a_person_and_nothing_else(
    policy: Policy, known: Evidence
) -> None:
    without = replace(policy, authors=policy.authors and policy.authors.model_copy(update=NO_TRUST))
    alone = rule(without, replace(known, author=replace(known.author, is_allowed=False)))
    vouched = rule(without, replace(known, author=replace(known.author, is_allowed=True)))
    assert vouched.outcome == min(alone.outcome, Outcome.HOLD)
    assert "author_allowed" in {reason.code for reason in vouched.reasons}
    if alone.outcome is Outcome.REJECT:
        assert vouched.reasons[0].code == "rules_disagree"


@given(policies, evidence)
def test_low_scores_speak_for_nobody(policy: Policy, known: Evidence) -> None:
    banned = replace(known.author, sanction=SanctionKind.BANNED, is_allowed=False)
    untrusting = replace(
        policy, authors=policy.authors and policy.authors.model_copy(update=NO_TRUST)
    )
    ruling = rule(
        untrusting, replace(known, author=banned, scores=dict.fromkeys(Label, 0.0), text=None)
    )
    assert ruling.outcome is Outcome.REJECT


@given(policies, evidence)
def test_a_ruling_always_says_why_with_the_deciding_reason_first(
    policy: Policy, known: Evidence
) -> None:
    ruling = rule(policy, known)
    assert ruling.reasons[0].outcome is ruling.outcome
    if ruling.reasons[0].code != "rules_disagree":
        assert all(reason.outcome <= ruling.outcome for reason in ruling.reasons)
    assert all(reason.code and reason.sentence.endswith(".") for reason in ruling.reasons)
    assert 0 <= ruling.urgency <= 1


@given(policies, evidence, st.randoms())
def test_the_order_of_rules_does_not_matter(
    policy: Policy, known: Evidence, random: Random
) -> None:
    def shuffled(limits: tuple[Threshold, ...]) -> tuple[Threshold, ...]:
        return tuple(random.sample(limits, len(limits)))

    other = replace(
        policy,
        thresholds=shuffled(policy.thresholds),
        of_language={key: shuffled(each) for key, each in policy.of_language.items()},
    )
    turned = known.text and replace(
        known.text, words=known.text.words[::-1], links=known.text.links[::-1]
    )
    one, two = rule(policy, known), rule(other, replace(known, text=turned))
    assert (one.outcome, one.urgency) == (two.outcome, two.urgency)
    assert [each.code for each in one.reasons] == [each.code for each in two.reasons]


@given(policies, evidence)
def test_silence_is_not_approval_unless_the_site_says_so(policy: Policy, known: Evidence) -> None:
    ruling = rule(policy, replace(known, scores=None))
    if ruling.outcome is Outcome.APPROVE:
        assert policy.degradation is not Degradation.HOLD
    assert "no_score" in {reason.code for reason in ruling.reasons}


@given(policies, evidence)
def test_what_a_site_switches_off_gives_no_reason(policy: Policy, known: Evidence) -> None:
    ruling = rule(
        switched_off(policy),
        replace(known, text=None, article=ArticleState(), author=AuthorRecord()),
    )
    about_scores = {"clear", "no_score", "nothing_judged", "pre_moderation"}
    assert all(
        reason.code in about_scores or reason.code.startswith("score_") for reason in ruling.reasons
    )


@given(policies, evidence)
def test_pre_moderation_publishes_nothing_and_rejects_what_would_be_rejected_anyway(
    policy: Policy, known: Evidence
) -> None:
    freely = rule(replace(policy, mode=Mode.POST_MODERATION), known)
    seen_first = rule(replace(policy, mode=Mode.PRE_MODERATION), known)
    assert seen_first.outcome == max(freely.outcome, Outcome.HOLD)
    assert "pre_moderation" in {reason.code for reason in seen_first.reasons}


@given(policies, scores, labels)
def test_a_label_without_a_score_is_no_reason(
    policy: Policy, scored: dict[Label, float], label: Label
) -> None:
    without = {each: score for each, score in scored.items() if each is not label}
    ruling = rule(policy, Evidence(without))
    assert f"score_{label}" not in {reason.code for reason in ruling.reasons}


@given(thresholds(), probability, probability)
def test_a_threshold_is_no_kinder_to_a_higher_score(
    threshold: Threshold, one: float, other: float
) -> None:
    assert threshold.outcome(max(one, other)) >= threshold.outcome(min(one, other))


def test_a_score_of_zero_still_meets_a_threshold_of_zero() -> None:
    ruling = rule(Policy((Threshold(Label.SPAM, hold=0.0),)), Evidence({Label.SPAM: 0.0}))
    assert ruling.outcome is Outcome.HOLD


@pytest.mark.parametrize(
    ("score", "outcome"),
    [
        (0.39, Outcome.APPROVE),
        (0.4, Outcome.HOLD),
        (0.969, Outcome.HOLD),
        (0.97, Outcome.REJECT),
    ],
)
def test_a_comment_is_held_and_rejected_from_the_threshold_upwards(
    score: float, outcome: Outcome
) -> None:
    assert rule(Policy((INSULT,)), Evidence({Label.INSULT: score})).outcome is outcome


def test_every_reason_is_told_and_says_what_a_person_can_check() -> None:
    ruling = rule(Policy((INSULT, SPAM)), Evidence({Label.INSULT: 0.5, Label.SPAM: 0.93}))
    assert [(reason.code, reason.sentence) for reason in ruling.reasons] == [
        ("score_spam", "Spam scored 0.93, and from 0.90 a comment is rejected."),
        ("score_insult", "Insult scored 0.50, and from 0.40 a comment is held."),
    ]
    assert ruling.urgency == 0.93


@pytest.mark.parametrize(
    ("score", "limit", "shown"),
    [
        (0.999, 0.996, "scored 0.999, and from 0.996"),
        (0.9999, 0.996, "scored 1.000, and from 0.996"),
        (0.9049, 0.904, "scored 0.905, and from 0.904"),
        (0.9, 0.9, "scored 0.90, and from 0.90"),
        (1.0, 1.0, "scored 1.00, and from 1.00"),
        (0.93, 0.9, "scored 0.93, and from 0.90"),
        (0.5, 0.0, "scored 0.50, and here no score is low enough to be published unseen."),
    ],
)
def test_a_score_and_its_limit_are_told_so_exactly_that_they_differ(
    score: float, limit: float, shown: str
) -> None:
    threshold = Threshold(Label.INSULT, hold=limit, reject=None)
    ruling = rule(Policy((threshold,)), Evidence({Label.INSULT: score}))
    assert shown in ruling.reasons[0].sentence


def test_a_clear_comment_is_approved_as_clear() -> None:
    ruling = rule(Policy((INSULT,)), Evidence({Label.INSULT: 0.01, Label.SPAM: 1.0}))
    assert (ruling.outcome, ruling.reasons[0].code) == (Outcome.APPROVE, "clear")


def test_where_no_label_is_supported_a_person_decides() -> None:
    ruling = rule(Policy((INSULT,)), Evidence({}))
    assert (ruling.outcome, ruling.reasons[0].code) == (Outcome.HOLD, "nothing_judged")


@pytest.mark.parametrize(
    ("author", "outcome"),
    [
        (AuthorRecord(approved=5), Outcome.APPROVE),
        (AuthorRecord(approved=4), Outcome.HOLD),
        (AuthorRecord(approved=50, rejected=1), Outcome.HOLD),
    ],
)
def test_only_trusted_authors_are_approved_without_a_score_where_the_site_says_so(
    author: AuthorRecord, outcome: Outcome
) -> None:
    policy = Policy((INSULT,), degradation=Degradation.APPROVE_TRUSTED, trusted_from=5)
    assert rule(policy, Evidence(None, author)).outcome is outcome


@pytest.mark.parametrize(
    "wrong",
    [
        {"hold": None, "reject": None},
        {"hold": 0.9, "reject": 0.1},
        {"hold": -0.1, "reject": None},
        {"hold": 0.1, "reject": 1.1},
        {"hold": float("nan"), "reject": None},
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(wrong: dict[str, float | None]) -> None:
    with pytest.raises(ValueError, match=r"threshold|hold"):
        Threshold(Label.SPAM, **wrong)


def test_a_label_has_one_threshold() -> None:
    with pytest.raises(ValueError, match="one threshold"):
        Policy((INSULT, INSULT))


def test_trust_takes_a_record() -> None:
    with pytest.raises(ValueError, match="trust"):
        Policy(trusted_from=0)


def test_a_language_with_thresholds_of_its_own_goes_by_them() -> None:
    policy = Policy((INSULT,), {Language.RUSSIAN: (Threshold(Label.INSULT, hold=0.8),)})
    evidence = Evidence({Label.INSULT: 0.5}, language=Language.RUSSIAN)
    assert rule(policy, evidence).outcome is Outcome.APPROVE
    assert rule(policy, replace(evidence, language=Language.KAZAKH)).outcome is Outcome.HOLD
