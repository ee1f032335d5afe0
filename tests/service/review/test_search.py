from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from ml.labels import Language
from service.comments.status import Status
from service.db import Database
from service.decisions import actions as decisions
from service.review import vocabulary
from service.review.filters import Filters
from service.review.search import search
from tests.factories.comments import CommentChanges, stored_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_site

TEXTS = {
    "en": "The border guards talk to each other, at last.",
    "ru": "Автор, ты сам-то хоть раз был на границе?",
    "uz": "Chegaradagi odamlar boʻlmagan gaplarni yozmaydi.",
    "kk": "Шекарадағы адамдар не айтады екен, соны жазыңыз.",
}


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    """Return a moderator of a site with a comment in each language, whose words are known."""
    desk = stored_desk(session, now=now)
    comments = [
        stored_held_comment(session, desk.site, body=body, now=now) for body in TEXTS.values()
    ]
    vocabulary.learn(session, [comment.id for comment in comments], now=now)
    return desk


def _found(session: Session, desk: Desk, words: str) -> list[str]:
    found = search(session, desk.site_ids, words, before=None, limit=10)
    return [comment.body for comment in found.comments]


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


@pytest.mark.parametrize(
    ("part", "language"),
    [
        ("uards", "en"),
        ("раниц", "ru"),
        ("garadagi", "uz"),
        ("тады", "kk"),
        ("bo'lmagan", "uz"),
        ("бўлмаган", "uz"),
        ("чегара", "uz"),
        ("granitse", "ru"),
        ("JAZYNYZ", "kk"),
    ],
)
def test_a_part_is_found_in_either_script(
    session: Session, desk: Desk, part: str, language: str
) -> None:
    assert _found(session, desk, part) == [TEXTS[language]]


@pytest.mark.parametrize(
    ("misspelled", "language", "meant"),
    [
        ("gaurds", "en", "guards"),
        ("граннице", "ru", "границе"),
        ("chegaradegi", "uz", "chegaradagi"),
        ("шекарадагылар", "kk", "шекарадағы"),
    ],
)
def test_a_misspelled_word_finds_what_looks_like_it_and_says_so(
    session: Session, desk: Desk, misspelled: str, language: str, meant: str
) -> None:
    found = search(session, desk.site_ids, misspelled, before=None, limit=10)
    assert [comment.body for comment in found.comments] == [TEXTS[language]]
    assert found.similar[0] == meant


def test_similar_words_are_no_answer_where_the_word_itself_is(
    session: Session, desk: Desk, now: datetime
) -> None:
    stored_held_comment(session, desk.site, body="Gaurds, they say.", now=now)
    found = search(session, desk.site_ids, "gaurds", before=None, limit=10)
    assert [comment.body for comment in found.comments] == ["Gaurds, they say."]
    assert found.similar == ()


def test_a_word_that_every_comment_has_finds_the_newest(
    session: Session, desk: Desk, now: datetime
) -> None:
    stored = [
        stored_held_comment(session, desk.site, body=f"Lorem {number}.", now=now)
        for number in range(30)
    ]
    first = search(session, desk.site_ids, "lorem", before=None, limit=20).comments
    rest = search(session, desk.site_ids, "lorem", before=first[-1].id, limit=20).comments
    assert [*first, *rest] == stored[::-1]


def test_a_search_is_narrowed_as_a_queue_is(session: Session, desk: Desk, now: datetime) -> None:
    changes: CommentChanges = {"language": Language.UZBEK, "reason_codes": ["links"]}
    linked = stored_held_comment(session, desk.site, body="Guards!", now=now, changes=changes)
    for filters in (Filters(language=Language.UZBEK), Filters(reason="links")):
        found = search(session, desk.site_ids, "guards", filters=filters, before=None, limit=10)
        assert found.comments == [linked]


def test_pages_of_similar_words_go_on_where_the_one_before_ended(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        ids = [
            stored_held_comment(session, desk.site, body="Terrorism.", now=now).id for _ in range(5)
        ]
        vocabulary.learn(session, ids, now=now)
    seen: list[str] = []
    path = "/v1/review/search?q=terorizm&limit=2"
    cursor = ""
    while True:
        page = client.get(path + cursor, headers=desk.bearer).json()
        assert page["similar"] == ["terrorism"]
        seen += [card["id"] for card in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [str(each) for each in reversed(ids)]


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
    first = search(session, desk.site_ids, "same", before=None, limit=2).comments
    rest = search(session, desk.site_ids, "same", before=first[-1].id, limit=2).comments
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
