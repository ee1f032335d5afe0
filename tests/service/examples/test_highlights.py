from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.examples import actions, highlights, rules
from service.examples.errors import HighlightUnfit
from service.examples.highlights import Span
from service.examples.origin import Origin, Removal
from service.examples.tables import LabelledExample, RemovedExample
from service.learning import gathering
from tests.factories.comments import stored_comment
from tests.service.examples.test_teaching import kept, taught

AZIZA = rules.moderator(uuid4())


def say(
    session: Session, comment: Comment, span: Span, *, is_right: bool, now: datetime
) -> LabelledExample:
    return highlights.say(
        session, comment, span, Label.INSULT, is_right=is_right, sender=AZIZA, now=now
    )


def texts(session: Session, comment: Comment) -> list[tuple[str, Origin, dict[Label, float]]]:
    found = gathering.gather(session, [comment.site_id], limit=10)
    return [(each.text, each.origin, dict(each.labels)) for each in found]


def test_a_confirmed_piece_is_an_example_of_its_own_beside_the_decision(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="Ты 🙂 дурак, что ли?")
    say(session, comment, Span(5, 10), is_right=True, now=now)
    actions.teach(session, [taught(comment, labels=rules.NONE_OF_THEM)], now=now)
    piece, whole = texts(session, comment)
    assert piece == ("дурак", Origin.HIGHLIGHT, {Label.INSULT: 1.0})
    assert whole[:2] == (comment.body, Origin.DECISION)
    weights = {each.origin: each.weight for each in kept(session)}
    assert weights[Origin.HIGHLIGHT] < weights[Origin.DECISION]


def test_a_later_word_on_the_same_piece_takes_the_place_of_the_one_before(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="A kulak farm.")
    first = say(session, comment, Span(2, 7), is_right=True, now=now)
    say(session, comment, Span(2, 7), is_right=False, now=now + timedelta(minutes=1))
    say(session, comment, Span(8, 12), is_right=False, now=now + timedelta(minutes=1))
    assert [each[0::2] for each in texts(session, comment)] == [
        ("kulak", {Label.INSULT: 0.0}),
        ("farm", {Label.INSULT: 0.0}),
    ]
    [gone] = session.scalars(select(RemovedExample))
    assert (gone.example_id, gone.why) == (first.id, Removal.CORRECTED)


def test_what_is_taken_back_teaches_nothing_and_its_going_is_remembered(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="A kulak farm.")
    say(session, comment, Span(2, 7), is_right=True, now=now)
    assert highlights.take_back(session, comment, Span(2, 7), Label.INSULT, now=now)
    assert highlights.take_back(session, comment, Span(2, 7), Label.INSULT, now=now) is None
    assert texts(session, comment) == []
    assert len(session.scalars(select(RemovedExample)).all()) == 1


def test_a_piece_goes_with_its_comment(session: Session, now: datetime) -> None:
    comment = stored_comment(session, body="A kulak farm.")
    say(session, comment, Span(2, 7), is_right=True, now=now)
    decisions.withdraw(session, comment, now=now)
    assert kept(session) == []
    assert {each.why for each in session.scalars(select(RemovedExample))} == {Removal.WITHDRAWN}


def test_a_piece_stays_that_of_the_text_in_which_it_was_seen(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="A kulak farm.")
    say(session, comment, Span(2, 7), is_right=True, now=now)
    decisions.edit(session, comment, "An altogether other text.", now=now)
    assert [each[0] for each in texts(session, comment)] == ["kulak"]
    assert highlights.of_text(session, comment) == []


def test_pieces_do_not_make_few_comments_enough_to_learn_from(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="A kulak farm.")
    say(session, comment, Span(2, 7), is_right=True, now=now)
    assert gathering.count(session, [comment.site_id]) == {}


def test_pieces_take_no_place_of_decisions_and_are_of_the_same_time(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="A kulak farm.")
    old, new = now - timedelta(days=2), now + timedelta(days=1)
    say(session, comment, Span(0, 1), is_right=False, now=old)
    actions.teach(session, [taught(comment, labels=rules.NONE_OF_THEM)], now=now)
    for number in range(8, 11):
        say(session, comment, Span(2, number), is_right=True, now=new)

    def found(limit: int) -> list[str]:
        return [each.text for each in gathering.gather(session, [comment.site_id], limit=limit)]

    [decision, piece] = found(1)
    assert (decision, piece.startswith("kulak")) == (comment.body, True)
    assert found(10) == ["A", comment.body, "kulak ", "kulak f", "kulak fa"]


@pytest.mark.parametrize("span", [Span(0, 0), Span(3, 2), Span(-1, 4), Span(4, 14), Span(1, 2)])
def test_a_piece_lies_within_the_text_and_is_not_blank(
    session: Session, now: datetime, span: Span
) -> None:
    comment = stored_comment(session, body="A kulak farm.")
    with pytest.raises(HighlightUnfit):
        say(session, comment, span, is_right=True, now=now)


@pytest.mark.parametrize("nothing", ["\u200b", "\u200b \u00ad", "?!", ", ", "\ufe0f"])
def test_a_piece_in_which_nothing_is_read_teaches_nothing(
    session: Session, now: datetime, nothing: str
) -> None:
    comment = stored_comment(session, body=f"A{nothing}farm.")
    with pytest.raises(HighlightUnfit):
        say(session, comment, Span(1, 1 + len(nothing)), is_right=True, now=now)
