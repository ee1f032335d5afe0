import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from service.articles import queries
from service.db import Database, new_id
from tests.factories.comments import an_article
from tests.plans import indexes_of
from tests.service.keys import Caller


@pytest.fixture
def counted(database: Database, caller: Caller, stranger: Caller) -> None:
    with database.transaction() as session:
        articles = [an_article(caller.site, external_id=each) for each in ("a,1", "b/2", "c")]
        articles[0].published_count = 3
        articles[2].is_open = False
        foreign = an_article(stranger.site, external_id="d")
        foreign.published_count = 9
        session.add_all([*articles, foreign])


_EXPECTED = [
    {"id": "d", "published": 0, "is_open": True},
    {"id": "a,1", "published": 3, "is_open": True},
    {"id": "b/2", "published": 0, "is_open": True},
    {"id": "c", "published": 0, "is_open": False},
]


@pytest.mark.usefixtures("counted")
def test_many_articles_are_counted_at_once_in_the_order_asked(
    client: TestClient, caller: Caller
) -> None:
    ids = ["d", "a,1", "b/2", "c"]
    by_get = client.get("/v1/articles/counts", params={"ids": ids}, headers=caller.headers)
    by_post = client.post("/v1/articles/counts", json={"ids": ids}, headers=caller.headers)
    assert by_get.json() == by_post.json() == {"items": _EXPECTED}


@pytest.mark.parametrize("ids", [[], None, "a", [1], [""], ["a\0"], ["a"] * 1001, [["a"]]])
def test_ids_that_are_none_are_refused(client: TestClient, caller: Caller, ids: object) -> None:
    answer = client.post("/v1/articles/counts", json={"ids": ids}, headers=caller.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")


def test_a_thousand_articles_are_counted_from_the_index(
    client: TestClient, caller: Caller, session: Session
) -> None:
    ids = [f"article-{number}" for number in range(1000)]
    answer = client.post("/v1/articles/counts", json={"ids": ids}, headers=caller.headers)
    assert len(answer.json()["items"]) == 1000
    wanted = queries.by_external_ids_statement(new_id(), ids)
    assert indexes_of(session, wanted) == {"articles_site_id_external_id_key"}
