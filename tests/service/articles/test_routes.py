import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from service.articles import queries
from service.db import Database, new_id
from tests.factories.comments import an_article
from tests.factories.submissions import a_sent_comment, with_part
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


@pytest.mark.usefixtures("counted")
def test_a_closed_article_takes_no_new_comment_and_opens_again(
    client: TestClient, caller: Caller
) -> None:
    sent = with_part(a_sent_comment(), "article", id="b/2")

    def patched(*, is_open: bool) -> object:
        answer = client.patch("/v1/articles/b/2", json={"is_open": is_open}, headers=caller.headers)
        assert answer.status_code == 200
        return answer.json()["is_open"]

    def posted() -> tuple[int, str | None]:
        answer = client.post("/v1/comments", json=sent, headers=caller.headers)
        return answer.status_code, answer.json().get("code")

    assert posted() == (202, None)
    assert patched(is_open=False) is False
    assert patched(is_open=False) is False
    assert posted() == (409, "article_closed")
    counted = client.get("/v1/articles/counts", params={"ids": "b/2"}, headers=caller.headers)
    assert counted.json()["items"][0]["is_open"] is False
    assert patched(is_open=True) is True
    assert posted() == (202, None)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("article_id", ["d", "never/seen"])
def test_an_article_that_is_not_the_sites_own_is_not_there(
    client: TestClient, caller: Caller, article_id: str
) -> None:
    answer = client.patch(
        f"/v1/articles/{article_id}", json={"is_open": False}, headers=caller.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "article_not_found")


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("sent", [{}, {"is_open": None}, {"is_open": "no"}, {"open": True}, []])
def test_only_whether_an_article_is_open_can_be_set(
    client: TestClient, caller: Caller, sent: object
) -> None:
    answer = client.patch("/v1/articles/c", json=sent, headers=caller.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
