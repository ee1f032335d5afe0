"""Another secret, both of which sign for a day; and sending again what was given up."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from service.db import Database
from service.sealing import Seal
from service.webhooks import actions, kept_secrets, postbag, rules, signing
from service.webhooks.errors import EndpointDisabled
from service.webhooks.tables import Delivery, DeliveryState, Endpoint
from tests.factories.sites import a_site
from tests.factories.webhooks import SECRET, an_endpoint, stored_delivery
from tests.service.keys import Caller

SEAL = Seal(b"a secret of the service")
BODY = '{"type":"comment.held"}'


@pytest.fixture
def endpoint(session: Session) -> Endpoint:
    site = a_site()
    session.add(site)
    session.flush()
    endpoint = an_endpoint(site)
    session.add(endpoint)
    session.flush()
    return endpoint


def test_both_secrets_verify_what_was_signed_with_both() -> None:
    now = datetime.now().astimezone()
    new = signing.new_secret()
    headers = signing.headers(new, UUID(int=1), BODY, previous=SECRET, now=now)
    assert headers["webhook-signature"].count(" ") == 1
    for secret in (new, SECRET):
        assert Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, headers)


@pytest.mark.parametrize(
    ("after", "previous"),
    [(timedelta(0), SECRET), (rules.BOTH_SECRETS_SIGN + timedelta(seconds=1), None)],
)
def test_the_old_secret_signs_for_a_day(
    session: Session, endpoint: Endpoint, now: datetime, after: timedelta, previous: str | None
) -> None:
    secret = actions.rotate_secret(session, endpoint, seal=SEAL, now=now)
    stored_delivery(session, endpoint, now=now)
    [due] = postbag.take(session, endpoint.id, now=now + after, lease=timedelta(minutes=1), limit=1)
    ready = kept_secrets.ready(due, SEAL)
    assert (ready.secret, ready.previous_secret) == (secret, previous)
    assert secret != SECRET


def test_a_disabled_address_has_no_secret_to_change_and_nothing_to_send(
    session: Session, endpoint: Endpoint, now: datetime
) -> None:
    actions.disable_endpoint(session, endpoint, now=now)
    with pytest.raises(EndpointDisabled):
        actions.rotate_secret(session, endpoint, seal=SEAL, now=now)
    with pytest.raises(EndpointDisabled):
        actions.redeliver_failed(session, endpoint, since=now, now=now)


def test_what_was_given_up_is_sent_again_from_a_time_on(
    client: TestClient,
    caller: Caller,
    database: Database,
    now: datetime,
) -> None:
    with database.transaction() as session:
        endpoint = an_endpoint(caller.site)
        session.add(endpoint)
        session.flush()
        days = (now - timedelta(days=2), now)
        old, new = (
            stored_delivery(session, endpoint, now=day, state=DeliveryState.FAILED, attempts=10)
            for day in days
        )
    url = f"/v1/webhooks/{endpoint.id}/redeliver"
    since = {"since": (now - timedelta(days=1)).isoformat()}
    answer = client.post(url, json=since, headers=caller.headers)
    assert (answer.status_code, answer.json()) == (202, {"redelivered": 1})
    with database.transaction() as session:
        states = [session.get_one(Delivery, each.id).state for each in (old, new)]
    assert states == [DeliveryState.FAILED, DeliveryState.DUE]


def test_a_new_secret_is_shown_once(client: TestClient, caller: Caller, stranger: Caller) -> None:
    body = {"url": "https://news.example/hook"}
    added = client.post("/v1/webhooks", json=body, headers=caller.headers).json()
    url = f"/v1/webhooks/{added['id']}/rotate"
    assert client.post(url, headers=stranger.headers).status_code == 404
    rotated = client.post(url, headers=caller.headers).json()
    assert rotated["id"] == added["id"]
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != added["secret"]
