from datetime import datetime
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from service.db import Database
from service.jobs import DeliverWebhooks, Job
from service.webhooks import actions
from service.webhooks.tables import Delivery, DeliveryState, Endpoint
from tests.factories.webhooks import an_endpoint, stored_delivery
from tests.service.keys import Caller

URL = "https://news.example/hook"


def add(client: TestClient, caller: Caller, url: str = URL) -> UUID:
    answer = client.post("/v1/webhooks", json={"url": url}, headers=caller.headers)
    assert answer.status_code == 201
    return UUID(answer.json()["id"])


def test_the_secret_is_shown_once(client: TestClient, caller: Caller) -> None:
    added = client.post("/v1/webhooks", json={"url": URL}, headers=caller.headers).json()
    assert added["secret"].startswith("whsec_")
    [listed] = client.get("/v1/webhooks", headers=caller.headers).json()["items"]
    assert "secret" not in listed
    assert (listed["id"], listed["url"], listed["disabled_at"]) == (added["id"], URL, None)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://news.example/hook",
            "ftp://news.example",
            "news.example",
            "https://",
            "https:///x",
        ),
        *("https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://["),
        *("https://user:word@news.example/", "https://news.example/#part", "https://x.example:x/"),
        *("https://news.example/a\nb", ""),
    ],
)
def test_an_address_that_we_would_not_send_to_is_refused(
    client: TestClient, caller: Caller, url: str
) -> None:
    answer = client.post("/v1/webhooks", json={"url": url}, headers=caller.headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")


def test_a_site_has_no_more_webhooks_than_it_may(client: TestClient, caller: Caller) -> None:
    for number in range(actions.ENDPOINTS_MAX):
        added = add(client, caller, f"{URL}/{number}")
    refused = client.post("/v1/webhooks", json={"url": URL}, headers=caller.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_webhooks")
    client.delete(f"/v1/webhooks/{added}", headers=caller.headers)
    add(client, caller)


def test_disabling_gives_up_what_is_owed(
    client: TestClient, caller: Caller, database: Database, now: datetime
) -> None:
    endpoint_id = add(client, caller)
    with database.transaction() as session:
        owed = stored_delivery(session, session.get_one(Endpoint, endpoint_id), now=now)
    for _ in range(2):
        answer = client.delete(f"/v1/webhooks/{endpoint_id}", headers=caller.headers)
        assert (answer.status_code, answer.json()["disabled_at"]) == (200, "2026-11-25T12:00:00Z")
    with database.transaction() as session:
        assert session.get_one(Delivery, owed.id).state is DeliveryState.FAILED


def test_deliveries_are_listed_newest_first_and_sent_again_by_hand(
    client: TestClient, caller: Caller, database: Database, now: datetime
) -> None:
    endpoint_id = add(client, caller)
    with database.transaction() as session:
        endpoint = session.get_one(Endpoint, endpoint_id)
        ids = [stored_delivery(session, endpoint, now=now).id for _ in range(3)]
        session.get_one(Delivery, ids[0]).state = DeliveryState.FAILED
    path = f"/v1/webhooks/{endpoint_id}/deliveries"
    first = client.get(path, params={"limit": 2}, headers=caller.headers).json()
    rest = client.get(
        path, params={"limit": 2, "cursor": first["next"]}, headers=caller.headers
    ).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [str(i) for i in ids[::-1]]
    assert rest["next"] is None
    assert (rest["items"][0]["state"], rest["items"][0]["next_attempt_at"]) == ("failed", None)
    again = client.post(f"{path}/{ids[0]}/redeliver", headers=caller.headers)
    assert (again.status_code, again.json()["state"]) == (202, "due")


def test_nothing_is_sent_again_to_a_disabled_webhook(
    client: TestClient, caller: Caller, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        endpoint = an_endpoint(caller.site, disabled_at=now)
        session.add(endpoint)
        session.flush()
        owed = stored_delivery(session, endpoint, now=now, state=DeliveryState.FAILED)
    path = f"/v1/webhooks/{endpoint.id}/deliveries/{owed.id}/redeliver"
    answer = client.post(path, headers=caller.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_disabled")


def test_another_sites_webhook_is_not_there(
    client: TestClient, caller: Caller, stranger: Caller
) -> None:
    path = f"/v1/webhooks/{add(client, caller)}"
    assert client.get("/v1/webhooks", headers=stranger.headers).json() == {"items": []}
    for answer in (
        client.delete(path, headers=stranger.headers),
        client.get(f"{path}/deliveries", headers=stranger.headers),
        client.post(f"{path}/deliveries/{uuid4()}/redeliver", headers=stranger.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found")
    missing = client.post(f"{path}/deliveries/{uuid4()}/redeliver", headers=caller.headers)
    assert missing.json()["code"] == "delivery_not_found"


def test_a_redelivery_wakes_the_worker(
    database: Database, caller: Caller, published: list[Job], now: datetime
) -> None:
    with database.transaction() as session:
        endpoint = an_endpoint(caller.site)
        session.add(endpoint)
        session.flush()
        owed = stored_delivery(session, endpoint, now=now, state=DeliveryState.FAILED)
        actions.redeliver(session, endpoint, owed, now=now)
    assert published == [DeliverWebhooks()]
