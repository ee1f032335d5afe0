from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.learning.splitting import Placeable, Sides, place
from service.learning.states import Part

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


@st.composite
def examples(draw: st.DrawFn) -> list[Placeable]:
    count = draw(st.integers(1, 60))
    return [
        Placeable(
            UUID(int=number + 1),
            BEGAN + timedelta(minutes=draw(st.integers(0, 100))),
            draw(st.integers(0, 30)),
            draw(st.integers(0, 50)),
            draw(st.booleans()),
        )
        for number in range(count)
    ]


@given(examples())
def test_nothing_that_teaches_shares_a_thread_or_a_text_with_what_judges(
    found: list[Placeable],
) -> None:
    parts = place(found, Sides(), seed=1)
    judged = [each for each, part in zip(found, parts, strict=True) if part is Part.TEST]
    threads, texts = {each.thread for each in judged}, {each.text for each in judged}
    for each, part in zip(found, parts, strict=True):
        if part in (Part.TRAIN, Part.CALIBRATE):
            assert each.thread not in threads
            assert each.text not in texts


@given(examples())
def test_what_judges_is_newer_than_all_else(found: list[Placeable]) -> None:
    parts = place(found, Sides(), seed=1)
    sides = {True: [BEGAN], False: [BEGAN]}
    for each, part in zip(found, parts, strict=True):
        if not each.is_piece:
            sides[part is Part.TEST].append(each.said_at)
    judged = sides[True][1:]
    assert not judged or min(judged) >= max(sides[False])


@given(examples(), st.randoms())
def test_the_order_of_reading_changes_nothing(found: list[Placeable], draw: object) -> None:
    shuffled = list(found)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    one = dict(zip([e.example_id for e in found], place(found, Sides(), seed=1), strict=True))
    other = place(shuffled, Sides(), seed=1)
    assert one == dict(zip([e.example_id for e in shuffled], other, strict=True))


@given(examples())
def test_pieces_teach_or_serve_nothing_and_change_the_part_of_no_comment(
    found: list[Placeable],
) -> None:
    parts = place(found, Sides(), seed=1)
    pieces = {part for each, part in zip(found, parts, strict=True) if each.is_piece}
    assert pieces <= {Part.TRAIN, Part.APART}
    whole = [each for each in found if not each.is_piece]
    without = [part for each, part in zip(found, parts, strict=True) if not each.is_piece]
    assert place(whole, Sides(), seed=1) == without


def test_the_same_word_in_many_threads_does_not_tie_them_together() -> None:
    said = [
        each
        for number in range(30)
        for each in (
            Placeable(UUID(int=number + 1), BEGAN + timedelta(hours=number), number, number),
            Placeable(UUID(int=number + 101), BEGAN, number, "idiot", is_piece=True),
        )
    ]
    parts = place(said, Sides(), seed=1)
    assert parts[0::2].count(Part.APART) == 0
    assert parts[1::2].count(Part.TRAIN) > 10
