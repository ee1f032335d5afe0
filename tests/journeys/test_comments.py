"""A comment's whole way through real processes: posted, scored, decided, and the site told."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from service.db import Database
from tests import running
from tests.journeys.installation import Installation, texts
from tests.receiver import Receiver


@pytest.fixture
def installation(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> Iterator[Installation]:
    with Installation(database, database_url, redis_url, tmp_path) as installation:
        yield installation


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def test_a_thousand_comments_sent_at_once_with_doubles_are_each_stored_and_decided_once(
    installation: Installation,
) -> None:
    bodies = texts(1000)
    receipts = installation.post_all(bodies)
    again = installation.post_all(bodies[:300])
    ids = {receipt["id"] for receipt in receipts}
    assert len(ids) == 1000
    assert [receipt["id"] for receipt in again] == [r["id"] for r in receipts[:300]]
    installation.await_decided(1000)
    installation.assert_each_is_decided_once(ids)
    first = installation.client.get(receipts[0]["location"]).json()
    assert (first["body"], first["status"] != "pending") == (bodies[0], True)


def test_an_approved_comment_is_public_at_once_and_gone_when_it_is_withdrawn(
    installation: Installation, receiver: Receiver
) -> None:
    installation.client.post("/v1/webhooks", json={"url": receiver.url})
    receipt = installation.post((1, "Thank you, an interesting article."))
    installation.await_decided(1)
    published = installation.client.get("/v1/articles/a-1/comments").json()["items"]
    assert [item["id"] for item in published] == [receipt["id"]]
    [decision] = installation.client.get(f"{receipt['location']}/decisions").json()["items"]
    assert (decision["status"], decision["actor"]) == ("approved", "policy")
    assert decision["model_version"].startswith("sha256:")
    assert decision["scores"]["toxicity"] < 0.3
    assert installation.client.delete(receipt["location"]).json()["body"] == ""
    running.wait_until(lambda: len(receiver.received) == 2, seconds=180)
    told = {json.loads(each.body)["type"] for each in receiver.received}
    assert told == {"comment.approved", "comment.withdrawn"}
    assert installation.client.get("/v1/articles/a-1/comments").json()["items"] == []


def test_the_site_is_told_of_every_decision_in_signed_webhooks_also_after_a_failure(
    installation: Installation, receiver: Receiver
) -> None:
    receiver.answer(500)
    installation.start_beat()
    added = installation.client.post("/v1/webhooks", json={"url": receiver.url}).json()
    receipts = installation.post_all(texts(20))
    # The first attempt of one failed; it is made again after five seconds.
    running.wait_until(lambda: len(receiver.received) == 21, seconds=180)
    verified = [
        Webhook(added["secret"]).verify(each.body, each.headers) for each in receiver.received
    ]
    told = {event["data"]["id"]: event["data"]["status"] for event in verified}
    stored = {
        receipt["id"]: installation.client.get(receipt["location"]).json()["status"]
        for receipt in receipts
    }
    assert told == stored
    assert {event["type"] for event in verified} <= {
        *("comment.approved", "comment.held", "comment.rejected"),
    }
    sent = Counter(each.headers["webhook-id"] for each in receiver.received)
    assert sorted(sent.values()) == [*([1] * 19), 2]
