from datetime import datetime, timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.articles.tables import Article
from service.comments.tables import Comment
from service.db import Database
from service.review import queue
from service.review.filters import Filters, arrived_at, first_id
from service.review.queue_names import Queue, Sort
from tests.factories.comments import CommentChanges
from tests.factories.review import Desk, stored_desk, stored_held_comment


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


def _shown(session: Session, desk: Desk, now: datetime, filters: Filters) -> list[Comment]:
    return queue.page(session, desk.site_ids, desk.moderator, filters=filters, limit=50, now=now)


def _held(session: Session, desk: Desk, now: datetime, changes: CommentChanges) -> Comment:
    return stored_held_comment(session, desk.site, now=now, changes=changes)


def test_the_queue_is_narrowed_by_what_the_policy_found(
    session: Session, desk: Desk, now: datetime
) -> None:
    rude = _held(session, desk, now, {"reason_codes": ["score_insult", "links"]})
    linked = _held(session, desk, now, {"reason_codes": ["links"]})
    _held(session, desk, now, {"reason_codes": None})
    assert _shown(session, desk, now, Filters(label=Label.INSULT)) == [rude]
    assert _shown(session, desk, now, Filters(reason="links")) == [rude, linked]
    assert _shown(session, desk, now, Filters(label=Label.INSULT, reason="links")) == [rude]
    assert _shown(session, desk, now, Filters(label=Label.THREAT)) == []
    assert _shown(session, desk, now, Filters(reason="it's \\ {no} code")) == []


def test_the_queue_is_narrowed_by_article_author_and_language(
    session: Session, desk: Desk, now: datetime
) -> None:
    uzbek = _held(session, desk, now, {"language": Language.UZBEK})
    english = _held(session, desk, now, {"language": Language.ENGLISH})
    article = session.get_one(Article, uzbek.article_id)
    assert _shown(session, desk, now, Filters(language=Language.UZBEK)) == [uzbek]
    assert _shown(session, desk, now, Filters(author=english.author_id)) == [english]
    assert _shown(session, desk, now, Filters(article=article.external_id)) == [uzbek]
    assert _shown(session, desk, now, Filters(article="of nobody")) == []


def test_an_article_of_the_same_id_on_another_site_narrows_nothing(
    session: Session, desk: Desk, now: datetime
) -> None:
    elsewhere = stored_desk(session, slug="elsewhere", now=now)
    theirs = stored_held_comment(session, elsewhere.site, now=now)
    article = session.get_one(Article, theirs.article_id)
    assert _shown(session, desk, now, Filters(article=article.external_id)) == []


def test_the_queue_is_narrowed_by_when_comments_arrived(
    session: Session, desk: Desk, now: datetime
) -> None:
    day = timedelta(days=1)
    first, second, third = (
        _held(session, desk, now, {"id": UUID(int=first_id(now - n * day).int | 1)})
        for n in (3, 2, 1)
    )
    assert arrived_at(second.id) == now - 2 * day
    assert _shown(session, desk, now, Filters(since=now - 2 * day)) == [second, third]
    assert _shown(session, desk, now, Filters(until=now - 2 * day)) == [first]
    between = Filters(since=now - 2 * day, until=now - day)
    assert _shown(session, desk, now, between) == [second]


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_no_date_is_too_far_away(session: Session, desk: Desk, now: datetime, year: int) -> None:
    comment = _held(session, desk, now, {})
    at = now.replace(year=year)
    assert _shown(session, desk, now, Filters(since=at)) == ([comment] if year < now.year else [])


def test_a_filtered_queue_is_read_page_by_page_in_any_order(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        for number in range(9):
            changes: CommentChanges = {
                "reason_codes": ["links"] if number % 2 else ["score_spam"],
                "margin": number / 100,
            }
            stored_held_comment(session, desk.site, urgency=number / 10, now=now, changes=changes)
    for sort in Sort:
        seen: list[str] = []
        query = f"?sort={sort}&reason=links&limit=3"
        path = f"/v1/review/queue{query}"
        while path:
            page = client.get(path, headers=desk.bearer).json()
            seen += [card["id"] for card in page["items"]]
            path = f"/v1/review/queue{query}&cursor={page['next']}" if page["next"] else ""
        assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize(
    "wrong",
    ["language=tlh", "label=boredom", "since=yesterday", "since=2026-11-25T12:00:00", "author=7"],
)
def test_a_filter_that_means_nothing_is_refused(
    client: TestClient, database: Database, now: datetime, wrong: str
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
    answer = client.get(f"/v1/review/queue?{wrong}", headers=desk.bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert answer.json()["errors"][0]["pointer"] == f"/{wrong.partition('=')[0]}"


def test_menus_say_what_a_queue_can_be_narrowed_by(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        for language, codes in (
            (Language.UZBEK, ["score_insult", "links"]),
            (Language.UZBEK, ["links"]),
            (Language.KAZAKH, ["score_insult"]),
        ):
            changes: CommentChanges = {"language": language, "reason_codes": codes}
            stored_held_comment(session, desk.site, now=now, changes=changes)
    found = client.get("/v1/review/facets", headers=desk.bearer).json()
    assert found["counted"] == 3
    assert found["languages"] == [
        {"value": "uz", "title": "Uzbek", "count": 2},
        {"value": "kk", "title": "Kazakh", "count": 1},
    ]
    assert found["labels"] == [{"value": "insult", "title": "Insult", "count": 2}]
    assert found["reasons"] == [{"value": "links", "title": "Links", "count": 2}]
    assert {each["count"] for each in found["articles"]} == {1}
    narrowed = client.get("/v1/review/facets?language=kk", headers=desk.bearer).json()
    assert (narrowed["counted"], narrowed["reasons"]) == (1, [])
    for name in Queue:
        answer = client.get(f"/v1/review/facets?queue={name}", headers=desk.bearer)
        assert answer.status_code == 200, name
