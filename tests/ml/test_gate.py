"""What the gate lets through, and how it says so."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.gate import Topic, judge
from ml.gate_evidence import Compared, Evidence, InLanguage, OfGroup, OnDecisions
from ml.gate_limits import Limits

BETTER = Compared(0.70, 0.75, 0.02, 0.08)
SAME = Compared(0.70, 0.71, -0.02, 0.04)
WORSE = Compared(0.70, 0.65, -0.08, -0.02)
LESS_WORK = Compared(0.30, 0.20, -0.15, -0.05)
MORE_WORK = Compared(0.20, 0.30, 0.05, 0.15)
SAME_WORK = Compared(0.30, 0.31, -0.05, 0.07)
CALIBRATED = Compared(0.04, 0.05, -0.01, 0.03)
GROUP = OfGroup(
    language="kk",
    group="tatar",
    innocent=40,
    innocent_held=(0.05, 0.05),
    subgroup_auc=(0.9, 0.9),
    subgroup_interval=(-0.01, 0.01),
    bpsn_auc=(0.9, 0.9),
    bpsn_interval=(-0.01, 0.01),
)
KAZAKH = InLanguage("kk", Compared(0.9, 0.9, -0.01, 0.01), Compared(0.02, 0.02, -0.01, 0.01))
GOOD = Evidence(
    decisions=OnDecisions(400, 80, BETTER, SAME_WORK, CALIBRATED),
    audit=None,
    corpora=None,
    languages=[KAZAKH],
    groups=[GROUP],
    failed=[],
    size=(4_000_000, 4_000_000),
    seconds=(0.1, 0.1),
)


def failed(evidence: Evidence, *, is_refresh: bool = False) -> set[Topic]:
    checks = judge(evidence, Limits(), is_refresh=is_refresh).checks
    return {check.topic for check in checks if not check.passed}


def on_decisions(pr_auc: Compared, workload: Compared) -> Evidence:
    return replace(GOOD, decisions=OnDecisions(400, 80, pr_auc, workload, CALIBRATED))


def test_what_is_better_and_harms_nobody_is_promoted_and_says_why() -> None:
    verdict = judge(GOOD, Limits())
    assert verdict.is_passed
    assert verdict.reasons == [verdict.checks[0].sentence]
    assert "PR-AUC is 0.750, before 0.700" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("pr_auc", "workload", "passes"),
    [
        (BETTER, SAME_WORK, True),
        (SAME, LESS_WORK, True),
        (SAME, SAME_WORK, False),
        (BETTER, MORE_WORK, False),
        (WORSE, LESS_WORK, False),
    ],
)
def test_one_measure_must_be_better_beyond_chance_and_none_worse(
    pr_auc: Compared,
    workload: Compared,
    passes: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert (failed(on_decisions(pr_auc, workload)) == set()) is passes


def test_a_refresh_that_a_person_asked_for_need_not_be_better_only_not_worse() -> None:
    same = Compared(0.70, 0.70, -0.01, 0.01)
    assert failed(on_decisions(same, SAME_WORK)) == {Topic.BETTER}
    assert failed(on_decisions(same, SAME_WORK), is_refresh=True) == set()
    assert failed(on_decisions(WORSE, SAME_WORK), is_refresh=True) == {Topic.BETTER}


@pytest.mark.parametrize(
    ("evidence", "topic"),
    [
        (replace(GOOD, decisions=OnDecisions(99, 80, BETTER, None, CALIBRATED)), Topic.BETTER),
        (replace(GOOD, decisions=OnDecisions(400, 19, BETTER, None, CALIBRATED)), Topic.BETTER),
        (replace(GOOD, audit=OnDecisions(200, 40, WORSE, None, None)), Topic.AUDIT),
        (
            replace(
                GOOD, corpora=OnDecisions(900, 90, Compared(0.8, 0.7, -0.12, -0.08), None, None)
            ),
            Topic.CORPORA,
        ),
        (replace(GOOD, languages=[replace(KAZAKH, auc=WORSE)]), Topic.LANGUAGE),
        (
            replace(GOOD, languages=[replace(KAZAKH, innocent_held=Compared(0.1, 0.2, 0, 0.2))]),
            Topic.LANGUAGE,
        ),
        (replace(GOOD, groups=[replace(GROUP, innocent_held=(0.05, 0.2))]), Topic.GROUP),
        (replace(GOOD, groups=[replace(GROUP, subgroup_auc=(0.9, 0.8))]), Topic.GROUP),
        (replace(GOOD, groups=[replace(GROUP, bpsn_auc=(0.9, 0.8))]), Topic.GROUP),
        (
            replace(
                GOOD,
                decisions=OnDecisions(400, 80, BETTER, None, Compared(0.04, 0.11, 0.02, 0.1)),
            ),
            Topic.CALIBRATION,
        ),
        (replace(GOOD, size=(4_000_000, 30_000_000)), Topic.SIZE),
        (replace(GOOD, seconds=(0.1, 0.16)), Topic.SPEED),
        (replace(GOOD, failed=["Our mayor is a Tatar, and a good one."]), Topic.MUST_PASS),
    ],
)
def test_each_harm_alone_is_enough_to_be_refused_and_is_named(
    evidence: Evidence, topic: Topic
) -> None:
    assert failed(evidence) == {topic}
    verdict = judge(evidence, Limits())
    assert not verdict.is_passed
    assert len(verdict.reasons) == 1


_FLOORS = {"judged_min", "harmful_min"}


@given(st.sampled_from([each.name for each in fields(Limits)]), st.floats(0.0, 1.0))
def test_a_stricter_gate_lets_nothing_more_through(name: str, factor: float) -> None:
    built_in = getattr(Limits(), name)
    stricter = built_in * (1 + factor) if name in _FLOORS else built_in * factor
    limits = replace(Limits(), **{name: type(built_in)(stricter)})
    assert limits.is_as_strict_as(Limits())
    if judge(GOOD, limits).is_passed:
        assert judge(GOOD, Limits()).is_passed
    assert limits.strictest(Limits()) == limits
