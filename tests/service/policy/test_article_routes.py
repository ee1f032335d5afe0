from datetime import datetime

from fastapi.testclient import TestClient

from service.db import Database
from tests.factories.comments import an_article
from tests.service.keys import Caller

PATH = "/v1/articles/2026/border/moderation"


def store(database: Database, caller: Caller) -> None:
    with database.transaction() as session:
        session.add(an_article(caller.site, external_id="2026/border"))


def test_an_article_is_pre_moderated_for_a_while_and_until_it_is_ended(
    client: TestClient, database: Database, caller: Caller, now: datetime
) -> None:
    store(database, caller)
    calm = {"mode": "post_moderation", "cause": None, "since": None, "until": None}
    assert client.get(PATH, headers=caller.headers).json() == calm
    sent = {"mode": "pre_moderation", "until": "2026-11-26T12:00:00Z"}
    answer = client.put(PATH, json=sent, headers=caller.headers)
    assert answer.status_code == 200
    assert answer.json() == {
        **sent,
        "cause": "site",
        "since": now.isoformat().replace("+00:00", "Z"),
    }
    assert client.get(PATH, headers=caller.headers).json() == answer.json()
    ended = client.put(PATH, json={"mode": "post_moderation"}, headers=caller.headers)
    assert ended.json() == calm


def test_another_sites_article_is_not_found(
    client: TestClient, database: Database, caller: Caller, stranger: Caller
) -> None:
    store(database, caller)
    sent = {"mode": "pre_moderation"}
    assert client.put(PATH, json=sent, headers=stranger.headers).status_code == 404
    assert client.get(PATH, headers=caller.headers).json()["mode"] == "post_moderation"
