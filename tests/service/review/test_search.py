from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.decisions import actions as decisions
from service.review.search import search
from tests.factories.comments import stored_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_site

TEXTS = {
    "en": "The border guards talk to each other, at last.",
    "ru": "Автор, ты сам-то хоть раз был на границе?",
    "uz": "Chegaradagi odamlar boʻlmagan gaplarni yozmaydi.",
    "kk": "Шекарадағы адамдар не айтады екен, соны жазыңыз.",
}


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    desk = stored_desk(session, now=now)
    for body in TEXTS.values():
        stored_held_comment(session, desk.site, body=body, now=now)
    return desk


def _found(session: Session, desk: Desk, words: str) -> list[str]:
    return [c.body for c in search(session, desk.site_ids, words, before=None, limit=10)]


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("guards", "en"),
        ("GUARD border", "en"),
        ("границ", "ru"),
        ("автор был", "ru"),
        ("АВТОР", "ru"),
        ("chegara", "uz"),
        ("boʻlmagan", "uz"),
        ("шекарадағы", "kk"),
        ("жазыңыз", "kk"),
    ],
)
def test_words_are_found_by_their_beginning_in_every_language(
    session: Session, desk: Desk, words: str, language: str
) -> None:
    assert _found(session, desk, words) == [TEXTS[language]]


def test_every_word_must_occur(session: Session, desk: Desk) -> None:
    assert _found(session, desk, "guards шекара") == []


def test_an_author_is_found_by_name(session: Session, desk: Desk, now: datetime) -> None:
    stored_held_comment(
        session, desk.site, body="Hello.", now=now, changes={"author_name": "Гүлнұр Ә."}
    )
    assert _found(session, desk, "гүлн") == ["Hello."]


@pytest.mark.parametrize("words", ["", " ", "!?&|:*'\\", "()", "\0", "_", "'; DROP TABLE"])
def test_a_text_without_sense_finds_nothing_and_breaks_nothing(
    session: Session, desk: Desk, words: str
) -> None:
    assert _found(session, desk, words) == []


def test_newest_come_first_page_by_page(session: Session, desk: Desk, now: datetime) -> None:
    ids = [stored_held_comment(session, desk.site, body="Same.", now=now).id for _ in range(3)]
    first = search(session, desk.site_ids, "same", before=None, limit=2)
    rest = search(session, desk.site_ids, "same", before=first[-1].id, limit=2)
    assert [c.id for c in (*first, *rest)] == sorted(ids, reverse=True)


def test_neither_another_site_nor_what_has_no_score_is_searched(
    session: Session, desk: Desk, now: datetime
) -> None:
    stored_held_comment(session, stored_site(session, "other"), body="Secret.", now=now)
    stored_comment(session, desk.site, body="Secret.", status=Status.PENDING)
    assert _found(session, desk, "secret") == []


def test_what_is_withdrawn_is_not_found_any_more(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = stored_held_comment(session, desk.site, body="Regretted.", now=now)
    decisions.withdraw(session, comment, now=now)
    assert _found(session, desk, "regretted") == []
