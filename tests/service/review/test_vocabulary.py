from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from service.decisions import actions as decisions
from service.review import vocabulary
from service.review.folding import fold, folded
from service.review.tables import SearchWord
from tests.factories.review import Desk, stored_desk, stored_held_comment

LATER = vocabulary.CHECKED_EVERY + timedelta(minutes=1)


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


def _words(session: Session) -> list[str]:
    return list(session.scalars(select(SearchWord.word).order_by(SearchWord.word)))


def _learn(session: Session, desk: Desk, body: str, now: datetime) -> None:
    comment = stored_held_comment(
        session, desk.site, body=body, now=now, changes={"author_name": "Al"}
    )
    vocabulary.learn(session, [comment.id], now=now)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("чегара", "chegara"),
        ("ўзбекча", "o'zbekcha"),
        ("oʻzbek", "o’zbek"),
        ("шаҳар", "shahar"),
        ("граница", "granitsa"),
        ("жаман", "jaman"),
    ],
)
def test_a_word_folds_alike_in_both_scripts(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("word", ["шекарадағы", "ОБЪЁМ", "қызмет", "ғўҳ", "Щёлоч", "plain"])
def test_a_folded_word_has_no_letters_but_latin_ones(word: str) -> None:
    assert fold(word).isascii()
    assert fold(word).isalpha()


def test_postgresql_folds_as_we_do(session: Session) -> None:
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳәіңүұөһabcdefghijklmnopqrstuvwxyz'ʻʼ’‘`-"
    words = [*letters, letters, "объём", "oʻzbekiston", "щёлочь"]
    asked = select(*(folded(literal(word)).label(f"w{n}") for n, word in enumerate(words)))
    assert list(session.execute(asked).one()) == [fold(word) for word in words]


@given(st.text())
def test_every_text_can_be_folded(text: str) -> None:
    assert fold(fold(text)) == fold(fold(fold(text)))


def test_only_what_is_made_of_letters_is_kept(session: Session, desk: Desk, now: datetime) -> None:
    _learn(session, desk, "Call 998901234567, me@mail.uz or https://t.me/x: it is oʻzbek.", now)
    assert _words(session) == ["call", "oʻzbek"]


def test_a_word_is_kept_once(session: Session, desk: Desk, now: datetime) -> None:
    for body in ("Words, words.", "Words again."):
        _learn(session, desk, body, now)
    assert _words(session) == ["again", "words"]


def test_a_word_that_no_comment_has_any_more_is_forgotten(
    session: Session, desk: Desk, now: datetime
) -> None:
    gone = stored_held_comment(session, desk.site, body="Regretted words.", now=now)
    vocabulary.learn(session, [gone.id], now=now)
    stored_held_comment(session, desk.site, body="Other words.", now=now)
    decisions.withdraw(session, gone, now=now)
    assert "regretted" in _words(session)
    assert vocabulary.check(session, now=now + timedelta(minutes=1)) == 0
    assert vocabulary.check(session, now=now + LATER) == 1
    assert _words(session) == ["malika", "words"]


def test_a_word_that_many_have_is_not_looked_up_again(
    session: Session, desk: Desk, now: datetime
) -> None:
    for _ in range(vocabulary.COMMON_FROM):
        _learn(session, desk, "Lorem.", now)
    vocabulary.check(session, now=now + LATER)
    (lorem,) = session.scalars(select(SearchWord))
    assert (lorem.seen, lorem.checked_at) == (vocabulary.COMMON_FROM, now + LATER)
    vocabulary.check(session, now=now + 3 * LATER)
    session.refresh(lorem)
    assert lorem.checked_at == now + LATER


def test_signs_in_a_search_are_signs_of_no_pattern(
    session: Session, desk: Desk, now: datetime
) -> None:
    _learn(session, desk, "Lorem ipsum.", now)
    assert vocabulary.holding(session, "%or%") == []
    assert vocabulary.holding(session, "l_rem") == []
    assert vocabulary.similar(session, "l%r%m") in ([], ["lorem"])
