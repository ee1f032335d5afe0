from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from service.quality import rules
from service.quality.rules import Drawn, Estimate, Stream

probability = st.floats(0.01, 1.0)
judged = st.lists(st.builds(Drawn, weight=st.floats(1, 100), is_so=st.booleans()), max_size=40)


def equal(so: int, of: int, weight: float = 50.0) -> list[Drawn]:
    return [Drawn(weight, place < so) for place in range(of)]


@pytest.mark.parametrize(("so", "of"), [(0, 1), (0, 30), (3, 30), (30, 30), (1, 400), (199, 200)])
def test_with_equal_weights_the_interval_is_clopper_and_pearsons(so: int, of: int) -> None:
    found = rules.share(equal(so, of))
    theirs = stats.binomtest(so, of).proportion_ci(0.95, method="exact")
    assert found.value == pytest.approx(so / of)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert found.count == of


def test_of_nothing_nothing_is_known() -> None:
    assert rules.share([]) == Estimate(None, 0.0, 1.0, 0)


def test_that_no_error_was_found_is_no_proof_that_there_is_none() -> None:
    found = rules.share(equal(0, 100))
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(0.0362, abs=1e-4)


@given(judged)
def test_an_interval_lies_in_its_bounds_and_around_the_value(drawn: list[Drawn]) -> None:
    found = rules.share(drawn)
    assert 0 <= found.low <= found.high <= 1
    if found.value is not None:
        assert found.low - 1e-6 <= found.value <= found.high + 1e-6


@given(judged.filter(bool), st.floats(0.1, 10))
def test_that_every_decision_stands_for_more_changes_no_share(
    drawn: list[Drawn], factor: float
) -> None:
    scaled = [Drawn(each.weight * factor, each.is_so) for each in drawn]
    one, other = rules.share(drawn), rules.share(scaled)
    assert one.value == pytest.approx(other.value)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-6)


def test_unequal_weights_widen_the_interval() -> None:
    even = rules.share(equal(20, 100))
    drawn = [Drawn(1.0 if place % 2 else 9.0, place % 5 == 0) for place in range(100)]
    uneven = rules.share(drawn)
    assert uneven.high - uneven.low > even.high - even.low


def test_one_decision_in_fifty_stands_for_fifty_and_one_in_two_for_two() -> None:
    drawn = [*equal(1, 1, weight=50.0), *equal(0, 25, weight=2.0)]
    assert rules.share(drawn).value == pytest.approx(0.5)


@pytest.mark.parametrize("shares", [(0.1, 0.1), (0.05, 0.5)])
def test_the_true_share_lies_in_the_interval_as_often_as_promised(
    shares: tuple[float, float],
) -> None:
    """Half of the decisions are drawn with one probability and half with another."""
    random = Random(7)  # noqa: S311
    truth, rounds, held = 0.03, 200, 0
    for _ in range(rounds):
        drawn = [
            Drawn(1 / share, random.random() < truth)
            for share in shares
            for _ in range(1000)
            if random.random() < share
        ]
        found = rules.share(drawn)
        held += found.low <= truth <= found.high
    assert held / rounds >= 0.93


def a_stream(random: Random, *, missed: float, right: float, drawn: float = 0.05) -> Stream:
    """Return a month: 8,000 approved, 400 rejected and 600 held automatically."""
    approved = [Drawn(1 / drawn, random.random() < missed) for _ in range(int(8000 * drawn))]
    rejected = [Drawn(1 / drawn, random.random() < right) for _ in range(int(400 * drawn))]
    return Stream(rejected, approved, 400, 8000, held_rejected=200, held_approved=400)


def test_recall_and_prevalence_hold_the_truth_as_often_as_promised() -> None:
    random = Random(11)  # noqa: S311
    missed, right, rounds = 0.004, 0.95, 200
    caught = 200 + 400 * right
    recall = caught / (caught + 8000 * missed)
    prevalence = (caught + 8000 * missed) / 9000
    held = [0, 0]
    for _ in range(rounds):
        stream = a_stream(random, missed=missed, right=right)
        found = rules.recall(stream), rules.prevalence(stream)
        for place, truth in enumerate((recall, prevalence)):
            held[place] += found[place].low <= truth <= found[place].high
    assert min(held) / rounds >= 0.95


def test_of_approvals_that_nobody_judged_no_recall_is_known() -> None:
    stream = Stream(equal(9, 10), [], 500, 8000, held_rejected=200, held_approved=400)
    assert rules.recall(stream) == rules.UNKNOWN
    assert rules.prevalence(stream) == rules.UNKNOWN


def test_a_site_that_decides_nothing_alone_misses_nothing() -> None:
    stream = Stream([], [], 0, 0, held_rejected=20, held_approved=80)
    assert rules.recall(stream) == Estimate(1.0, 1.0, 1.0, 0)
    assert rules.prevalence(stream).value == pytest.approx(0.2)


def test_a_site_without_comments_has_no_recall() -> None:
    assert rules.recall(Stream([], [], 0, 0, 0, 0)) == rules.UNKNOWN


def test_more_missed_is_less_recalled() -> None:
    streams = [
        Stream(equal(19, 20), equal(missed, 400), 400, 8000, 200, 400) for missed in (0, 2, 8)
    ]
    values = [rules.recall(each).value or 0.0 for each in streams]
    assert values == sorted(values, reverse=True)


def test_alpha_is_that_of_the_literature() -> None:
    """Krippendorff 2011, example A: binary data, two observers, no missing data; alpha = 0.095."""
    first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    units = [(2 - a - b, a + b) for a, b in zip(first, second, strict=True)]
    found = rules.agreement(units, seed=1)
    assert found.alpha == pytest.approx(0.095, abs=5e-4)
    assert found.same.value == pytest.approx(0.6)


def test_people_who_always_agree_have_an_alpha_of_one() -> None:
    found = rules.agreement([(2, 0)] * 20 + [(0, 2)] * 5, seed=1)
    assert (found.alpha, found.alpha_low, found.alpha_high) == (1.0, 1.0, 1.0)


def test_where_all_say_the_same_of_everything_chance_says_nothing() -> None:
    found = rules.agreement([(2, 0)] * 20, seed=1)
    assert (found.same.value, found.alpha) == (1.0, None)


def test_comments_that_one_person_judged_say_nothing_of_agreement() -> None:
    assert rules.agreement([(1, 0), (0, 1)], seed=1).same == rules.UNKNOWN


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30), st.integers(0, 9))
def test_alpha_is_never_above_one_and_lies_by_its_bounds(
    units: list[tuple[int, int]], seed: int
) -> None:
    found = rules.agreement(units, seed=seed)
    if found.alpha is not None and found.alpha_low is not None and found.alpha_high is not None:
        assert found.alpha <= 1
        assert found.alpha_low <= found.alpha_high <= 1
    assert found == rules.agreement(units, seed=seed), "the same seed, the same bounds"


def test_judges_who_toss_coins_have_an_alpha_near_nought() -> None:
    random = Random(3)  # noqa: S311
    units = [
        (heads, 2 - heads)
        for heads in (random.randint(0, 1) + random.randint(0, 1) for _ in range(2000))
    ]
    found = rules.agreement(units, seed=1)
    assert found.alpha is not None
    assert abs(found.alpha) < 0.1
