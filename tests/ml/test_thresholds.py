"""Operating points: sentences, bounds, and what a solved threshold promises."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from ml.thresholds import (
    DEFAULT_APPROVE,
    DEFAULT_REJECT,
    Automatic,
    OperatingPoint,
    lower_bound,
    solve,
    upper_bound,
)

shares = st.floats(0.001, 0.999)
trials = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
scored = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=400)


@given(st.sampled_from(Automatic), st.integers(1, 9999))
def test_an_operating_point_reads_back_the_sentence_it_wrote(kind: Automatic, parts: int) -> None:
    point = OperatingPoint(kind, parts / 10000)
    again = OperatingPoint.parse(str(point).upper())
    assert again.automatic is kind
    assert again.share == pytest.approx(point.share)


def test_the_default_sentences_are_those_of_the_product() -> None:
    assert str(DEFAULT_REJECT) == "reject where at least 97 of 100 would be rejected"
    assert str(DEFAULT_APPROVE) == "approve as long as at most 1 in 100 would not have been"


def test_a_sentence_that_promises_nothing_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match="write for example"):
        OperatingPoint.parse("reject what is bad")


@given(trials, st.floats(0.0005, 0.4))
def test_bounds_are_those_of_clopper_and_pearson(counted: tuple[int, int], doubt: float) -> None:
    k, n = counted
    expected_low = beta.ppf(doubt, k, n - k + 1) if k else 0.0
    expected_high = beta.ppf(1 - doubt, k + 1, n - k) if k < n else 1.0
    assert lower_bound(k, n, doubt) == pytest.approx(expected_low, abs=1e-8)
    assert upper_bound(k, n, doubt) == pytest.approx(expected_high, abs=1e-8)


@given(trials, st.floats(0.001, 0.4))
def test_the_share_that_was_seen_lies_between_its_bounds(
    counted: tuple[int, int], doubt: float
) -> None:
    k, n = counted
    assert lower_bound(k, n, doubt) <= k / n + 1e-9
    assert upper_bound(k, n, doubt) >= k / n - 1e-9


@given(scored, shares, st.one_of(st.none(), st.floats(0.01, 0.99)))
def test_what_is_rejected_by_itself_keeps_its_promise(
    pairs: list[tuple[float, bool]], share: float, prevalence: float | None
) -> None:
    point = OperatingPoint(Automatic.REJECT, share)
    solved = solve(point, *zip(*pairs, strict=True), prevalence=prevalence)
    if solved is None:
        return
    inside = [truth for score, truth in pairs if score >= solved.threshold]
    assert len(inside) == solved.count
    assert solved.observed >= solved.bound - 1e-9
    assert solved.bound >= share


@given(scored, shares)
def test_what_is_approved_by_itself_keeps_its_promise(
    pairs: list[tuple[float, bool]], share: float
) -> None:
    point = OperatingPoint(Automatic.APPROVE, share)
    solved = solve(point, *zip(*pairs, strict=True))
    if solved is None:
        return
    inside = [truth for score, truth in pairs if score < solved.threshold]
    assert sum(inside) / max(len(inside), 1) <= share + 1e-9


@given(scored, st.floats(0.05, 0.9), st.floats(0.01, 0.09))
def test_a_stricter_promise_never_automates_more(
    pairs: list[tuple[float, bool]], share: float, more: float
) -> None:
    scores, truths = zip(*pairs, strict=True)
    lax = solve(OperatingPoint(Automatic.REJECT, share), scores, truths)
    strict = solve(OperatingPoint(Automatic.REJECT, share + more), scores, truths)
    assert strict is None or (lax is not None and strict.count <= lax.count)


def test_too_few_texts_show_nothing() -> None:
    assert solve(DEFAULT_REJECT, [0.9] * 50, [True] * 50) is None


def test_many_texts_show_what_few_cannot() -> None:
    solved = solve(DEFAULT_REJECT, [0.9] * 1000 + [0.1] * 1000, [True] * 1000 + [False] * 1000)
    assert solved is not None
    assert solved.threshold == 0.9


def test_a_rarer_kind_of_comment_needs_a_higher_threshold() -> None:
    draw = Random(7)  # noqa: S311 - no secret
    truths = [draw.random() < 0.5 for _ in range(40_000)]
    scores = [min(1, max(0, draw.gauss(0.75 if t else 0.3, 0.12))) for t in truths]
    common = solve(DEFAULT_REJECT, scores, truths, prevalence=0.5)
    rare = solve(DEFAULT_REJECT, scores, truths, prevalence=0.1)
    assert common is not None
    assert rare is not None
    assert rare.threshold > common.threshold


def test_the_promise_holds_on_texts_not_seen_as_often_as_it_says() -> None:
    draw = Random(11)  # noqa: S311 - no secret
    kept = 0
    for _ in range(60):
        scores = [draw.random() for _ in range(3000)]
        truths = [draw.random() < score**0.02 for score in scores]
        solved = solve(DEFAULT_REJECT, scores, truths)
        if solved is None:
            kept += 1
            continue
        # The true share above a threshold is the mean of x ** 0.02 between it and 1.
        t = solved.threshold
        true_share = (1 - t**1.02) / 1.02 / (1 - t)
        kept += true_share >= 0.97
    assert kept >= 57
