from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Label
from service.policy.rules import (
    AuthorRecord,
    Degradation,
    Evidence,
    Mode,
    Outcome,
    Policy,
    Threshold,
    rule,
)

probability = st.floats(0, 1)
labels = st.sampled_from(Label)


@st.composite
def thresholds(draw: st.DrawFn) -> Threshold:
    hold, reject = draw(st.none() | probability), draw(st.none() | probability)
    if hold is None and reject is None:
        hold = draw(probability)
    if hold is not None and reject is not None:
        hold, reject = sorted((hold, reject))
    return Threshold(draw(labels), hold, reject)


policies = st.builds(
    Policy,
    thresholds=st.lists(thresholds(), max_size=8, unique_by=lambda each: each.label).map(tuple),
    mode=st.sampled_from(Mode),
    degradation=st.sampled_from(Degradation),
    trusted_from=st.integers(1, 20),
)
scores = st.dictionaries(labels, probability)
authors = st.builds(AuthorRecord, approved=st.integers(0, 30), rejected=st.integers(0, 3))
evidence = st.builds(Evidence, scores=st.none() | scores, author=authors)

INSULT = Threshold(Label.INSULT, hold=0.4, reject=0.97)
SPAM = Threshold(Label.SPAM, reject=0.9)


@given(policies, scores, authors, labels, probability)
def test_raising_a_score_never_makes_the_ruling_kinder(
    policy: Policy, scored: dict[Label, float], author: AuthorRecord, label: Label, other: float
) -> None:
    known = {label: other} | scored
    worse = known | {label: max(known[label], other)}
    before, after = (rule(policy, Evidence(each, author)) for each in (known, worse))
    assert after.outcome >= before.outcome
    assert after.urgency >= before.urgency


@given(policies, evidence)
def test_a_ruling_always_says_why_with_the_strictest_reason_first(
    policy: Policy, known: Evidence
) -> None:
    ruling = rule(policy, known)
    assert ruling.reasons[0].outcome is ruling.outcome
    assert all(reason.outcome <= ruling.outcome for reason in ruling.reasons)
    assert all(reason.code and reason.sentence.endswith(".") for reason in ruling.reasons)
    assert 0 <= ruling.urgency <= 1


@given(policies, evidence, st.randoms())
def test_the_order_of_rules_does_not_matter(
    policy: Policy, known: Evidence, random: Random
) -> None:
    shuffled = list(policy.thresholds)
    random.shuffle(shuffled)
    assert rule(replace(policy, thresholds=tuple(shuffled)), known) == rule(policy, known)


@given(policies, authors)
def test_silence_is_not_approval_unless_the_site_says_so(
    policy: Policy, author: AuthorRecord
) -> None:
    ruling = rule(policy, Evidence(None, author))
    if ruling.outcome is Outcome.APPROVE:
        assert policy.degradation is not Degradation.HOLD
    assert ruling.outcome is not Outcome.REJECT
    assert "no_score" in {reason.code for reason in ruling.reasons}


@given(policies, evidence)
def test_pre_moderation_publishes_nothing_and_rejects_what_would_be_rejected_anyway(
    policy: Policy, known: Evidence
) -> None:
    freely = rule(replace(policy, mode=Mode.POST_MODERATION), known)
    seen_first = rule(replace(policy, mode=Mode.PRE_MODERATION), known)
    assert seen_first.outcome == max(freely.outcome, Outcome.HOLD)


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
