from hypothesis import given
from hypothesis import strategies as st

from service.examples.caps import Cap, capped

HOLDERS = st.lists(st.tuples(st.floats(0.1, 5), st.sampled_from("abcd")), min_size=1, max_size=60)


@given(HOLDERS, st.floats(0.05, 0.9), st.floats(0.5, 10))
def test_no_holder_has_more_than_its_share_or_its_floor(
    held: list[tuple[float, str]], share: float, floor: float
) -> None:
    weights, holders = [w for w, _ in held], [h for _, h in held]
    found = capped(weights, holders, [Cap(share, floor)] * len(held))
    assert all(new <= old * (1 + 1e-9) for new, old in zip(found, weights, strict=True))
    for holder in set(holders):
        total = sum(w for w, h in zip(found, holders, strict=True) if h == holder)
        assert total <= max(floor, share * sum(found)) * 1.05


def test_one_who_writes_the_same_a_hundred_times_counts_as_a_few() -> None:
    weights = [1.0] * 200
    holders = ["copier"] * 100 + [f"reader {number}" for number in range(100)]
    found = capped(weights, holders, [Cap(share=0.01, floor=3.0)] * 200)
    assert abs(sum(found[:100]) - 3.0) < 0.01
    assert found[100:] == [1.0] * 100


def test_what_nobody_holds_is_not_capped() -> None:
    assert capped([1.0] * 50, [None] * 50, [Cap(0.01, 1.0)] * 50) == [1.0] * 50
