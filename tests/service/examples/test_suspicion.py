from uuid import UUID

from service.examples.origin import Cause
from service.examples.suspicion import Limits, Said, bursts


def said(
    number: int, sender: str, *, harm: bool, score: float, words: str = "", disputed: bool = False
) -> Said:
    return Said(UUID(int=number), sender, harm, score, disputed, frozenset(words.split()))


def honest(sender: str, start: int, count: int = 200, *, wrong: int = 20) -> list[Said]:
    """Return labels that agree with a sure champion, but for every tenth."""
    return [
        said(
            start + n, sender, harm=(n % 2 == 0) != (n < wrong), score=0.95 if n % 2 == 0 else 0.02
        )
        for n in range(count)
    ]


def test_who_errs_as_often_as_the_others_is_left_alone() -> None:
    assert bursts(honest("a", 0) + honest("b", 1000) + honest("c", 2000), Limits()) == []


def test_who_contradicts_far_more_often_is_set_aside_with_all_labels() -> None:
    liar = honest("liar", 5000, 60, wrong=40)
    [found] = bursts(honest("a", 0) + honest("b", 1000) + liar, Limits())
    assert (found.sender, found.cause) == ("liar", Cause.CONTRADICTS)
    assert set(found.example_ids) == {each.example_id for each in liar}


def test_who_contradicts_whenever_a_word_occurs_is_set_aside_with_those_labels() -> None:
    pattern = [said(9000 + n, "b", harm=True, score=0.02, words="zebra water") for n in range(18)]
    plain = [said(8000 + n, "b", harm=False, score=0.02, words="water") for n in range(300)]
    [found] = bursts(honest("a", 0) + honest("c", 2000) + plain + pattern, Limits())
    assert (found.sender, found.cause) == ("b", Cause.PATTERN)
    assert found.words[0] == "zebra"
    assert set(found.example_ids) == {each.example_id for each in pattern}


def test_what_everybody_contradicts_is_a_change_of_the_world_and_no_pattern_of_one() -> None:
    everybody = [
        said(9000 + n, sender, harm=True, score=0.02, words="zebra")
        for sender, first in (("a", 0), ("b", 100), ("c", 200))
        for n in range(first, first + 12)
    ]
    calm = [
        said(20000 + n, "abc"[n % 3], harm=False, score=0.02, words="water") for n in range(900)
    ]
    assert bursts(calm + everybody, Limits()) == []


def test_contradicting_ones_colleagues_counts_where_the_champion_is_not_sure() -> None:
    disputed = [said(9000 + n, "b", harm=True, score=0.4, disputed=True) for n in range(20)]
    [found] = bursts(honest("a", 0) + honest("c", 2000) + disputed, Limits())
    assert (found.sender, found.contradictions) == ("b", 20)
