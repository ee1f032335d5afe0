import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID, uuid4

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from service.webhooks import sending
from service.webhooks.sending import Attempted, Due
from tests.factories.webhooks import SECRET
from tests.receiver import Receiver

PAYLOAD = {"type": "comment.held", "timestamp": "2026-11-25T12:00:00Z", "data": {"note": "Сәлем"}}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def attempt(
    url: str,
    *,
    allow_private: bool = True,
    within: timedelta = timedelta(minutes=1),
    delivery_id: UUID | None = None,
) -> Attempted:
    due = Due(delivery_id or uuid4(), uuid4(), url, SECRET, PAYLOAD, 0)

    async def once() -> Attempted:
        async with sending.client(allow_private=allow_private) as client:
            return await sending.attempt(
                client, due, within=within, clock=lambda: datetime.now(UTC)
            )

    return asyncio.run(once())


def test_what_arrives_is_verified_by_the_receivers_library(receiver: Receiver) -> None:
    delivery_id = uuid4()
    assert attempt(receiver.url, delivery_id=delivery_id).status_code == 204
    [received] = receiver.received
    assert Webhook(SECRET).verify(received.body, received.headers) == PAYLOAD
    assert received.headers["webhook-id"] == str(delivery_id)
    assert json.loads(received.body) == PAYLOAD
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(received.body + b" ", received.headers)


def test_the_name_stays_in_the_host_header_though_the_address_is_pinned(
    receiver: Receiver,
) -> None:
    attempt(receiver.url.replace("127.0.0.1", "localhost"))
    [received] = receiver.received
    assert received.headers["host"] == f"localhost:{receiver.port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1"])
def test_a_private_address_is_refused_after_its_name_was_resolved(
    receiver: Receiver, host: str
) -> None:
    attempted = attempt(receiver.url.replace("127.0.0.1", host), allow_private=False)
    assert attempted.error == "not a public address"
    assert receiver.received == []


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer(302, location=f"{receiver.url}/elsewhere")
    attempted = attempt(receiver.url)
    assert (attempted.status_code, attempted.is_delivered) == (302, False)
    assert len(receiver.received) == 1


def test_a_site_that_asks_for_patience_is_heard(receiver: Receiver) -> None:
    receiver.answer(503, retry_after="120")
    assert attempt(receiver.url).retry_after == timedelta(minutes=2)


def test_a_site_that_does_not_answer_in_time_costs_no_more_than_that(receiver: Receiver) -> None:
    is_over = Event()
    receiver.answer(204, until=is_over)
    assert attempt(receiver.url, within=timedelta(milliseconds=200)).error == "timed out"
    is_over.set()


def test_a_site_that_drips_bytes_costs_no_more_than_that(receiver: Receiver) -> None:
    receiver.answer(204, drip=timedelta(milliseconds=50))
    assert attempt(receiver.url, within=timedelta(milliseconds=300)).error == "timed out"


def test_nobody_there_is_an_answer_too(receiver: Receiver) -> None:
    receiver.close()
    assert attempt(receiver.url).error == "no answer: ConnectError"


def test_a_name_that_nobody_knows_is_an_answer_too() -> None:
    assert attempt("http://nobody.invalid/").error == "the name is not known"
