import math
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.quality import lots

ids = st.uuids()
shares = st.floats(0, 1)


def made_in_turn(count: int) -> list[UUID]:
    """Return ids as they are made one after the other (RFC 9562), the same in every run."""
    random = Random(6)  # noqa: S311
    began = 1_795_608_000_000
    return [
        UUID(int=(began + place // 4) << 80 | 7 << 76 | 2 << 62 | random.getrandbits(62))
        for place in range(count)
    ]


@given(ids, st.integers(1, 2**31 - 1), shares)
def test_a_lot_that_is_drawn_again_is_the_same(comment: UUID, revision: int, share: float) -> None:
    again = {lots.is_drawn(comment, revision, share=share) for _ in range(3)}
    assert len(again) == 1


@given(ids, shares, shares)
def test_who_is_drawn_at_a_share_is_drawn_at_every_larger_one(
    comment: UUID, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert lots.is_drawn(comment, 1, share=low) <= lots.is_drawn(comment, 1, share=high)


@given(ids)
def test_a_share_of_nothing_draws_none_and_of_all_draws_all(comment: UUID) -> None:
    assert not lots.is_drawn(comment, 1, share=0.0)
    assert lots.is_drawn(comment, 1, share=1.0)


def test_about_the_share_is_drawn_whatever_the_time_in_the_id() -> None:
    count, share = 20_000, 0.02
    drawn = sum(lots.is_drawn(each, 1, share=share) for each in made_in_turn(count))
    spread = math.sqrt(count * share * (1 - share))
    assert abs(drawn - count * share) < 5 * spread


def test_another_text_of_a_comment_has_a_lot_of_its_own() -> None:
    comments = made_in_turn(2000)
    first = [lots.is_drawn(each, 1, share=0.5) for each in comments]
    second = [lots.is_drawn(each, 2, share=0.5) for each in comments]
    same = sum(a == b for a, b in zip(first, second, strict=True))
    assert abs(same - 1000) < 5 * math.sqrt(500)


def test_who_is_judged_twice_says_nothing_of_who_is_drawn() -> None:
    comments = made_in_turn(4000)
    drawn = [each for each in comments if lots.is_drawn(each, 1, share=0.5)]
    twice = sum(lots.is_judged_twice(each, 1, share=0.2) for each in drawn)
    assert abs(twice - len(drawn) * 0.2) < 5 * math.sqrt(len(drawn) * 0.16)
