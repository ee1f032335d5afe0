import json
from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import select

from service.articles.tables import Article
from service.comments.statement_link import statement_url
from service.comments.status import Status
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.jobs import DeliverWebhooks
from service.settings import Settings, Webhooks
from service.webhooks.tables import Attempt, Delivery, DeliveryState, Endpoint
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site
from tests.factories.webhooks import an_endpoint, stored_delivery
from tests.receiver import Receiver
from tests.running import wait_until
from tests.service.embed.injections import INJECTIONS
from tests.worker.conftest import Clock
from worker import deliver_webhooks
from worker.workplace import Workplace


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "webhooks": Webhooks(
                allow_private_addresses=True, timeout=timedelta(seconds=120), max_attempts=2
            )
        }
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def owe(database: Database, url: str, clock: Clock, *, count: int = 1) -> list[UUID]:
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        endpoint = an_endpoint(site, url=url)
        session.add(endpoint)
        session.flush()
        return [stored_delivery(session, endpoint, now=clock()).id for _ in range(count)]


def run(workplace: Workplace) -> None:
    deliver_webhooks.deliver_webhooks(DeliverWebhooks(), workplace)
    workplace.postman.wait(timedelta(seconds=120))


def seen(database: Database, delivery_id: UUID) -> Delivery:
    with database.transaction() as session:
        return session.get_one(Delivery, delivery_id)


def test_everything_that_is_due_is_sent_once(
    workplace: Workplace, database: Database, clock: Clock, receiver: Receiver
) -> None:
    ids = owe(database, receiver.url, clock, count=40)
    run(workplace)
    run(workplace)
    assert sorted(r.headers["webhook-id"] for r in receiver.received) == sorted(map(str, ids))
    assert {seen(database, each).state for each in ids} == {DeliveryState.DELIVERED}


def test_a_failure_is_tried_again_under_the_same_id_and_then_given_up(
    workplace: Workplace, database: Database, clock: Clock, receiver: Receiver
) -> None:
    [delivery_id] = owe(database, receiver.url, clock)
    for _ in range(2):
        receiver.answer(500)
        run(workplace)
        clock.move(timedelta(seconds=6))
    assert [r.headers["webhook-id"] for r in receiver.received] == [str(delivery_id)] * 2
    assert seen(database, delivery_id).state is DeliveryState.FAILED
    with database.transaction() as session:
        assert session.scalars(select(Attempt.status_code)).all() == [500, 500]


def test_an_endpoint_that_says_it_is_gone_is_sent_nothing_more(
    workplace: Workplace, database: Database, clock: Clock, receiver: Receiver
) -> None:
    [delivery_id] = owe(database, receiver.url, clock)
    receiver.answer(410)
    run(workplace)
    with database.transaction() as session:
        endpoint = session.get_one(Endpoint, seen(database, delivery_id).endpoint_id)
        assert endpoint.disabled_at == clock()
        stored_delivery(session, endpoint, now=clock())
    run(workplace)
    assert len(receiver.received) == 1


def test_a_slow_site_holds_up_nobody_elses_deliveries(
    workplace: Workplace, database: Database, clock: Clock, receiver: Receiver
) -> None:
    all_others_told = Event()
    with Receiver() as slow:
        slow.answer(204, until=all_others_told)
        [waits] = owe(database, slow.url, clock)
        ids = owe(database, receiver.url, clock, count=60)
        deliver_webhooks.deliver_webhooks(DeliverWebhooks(), workplace)
        wait_until(lambda: len(receiver.received) == len(ids), seconds=120)
        assert seen(database, waits).state is DeliveryState.DUE
        all_others_told.set()
        workplace.postman.wait(timedelta(seconds=120))
        assert seen(database, waits).state is DeliveryState.DELIVERED


def test_a_private_address_is_not_connected_to(
    workplace: Workplace, database: Database, clock: Clock, receiver: Receiver
) -> None:
    workplace.settings = workplace.settings.model_copy(update={"webhooks": Webhooks()})
    [delivery_id] = owe(database, receiver.url, clock)
    run(workplace)
    assert receiver.received == []
    with database.transaction() as session:
        [attempt] = session.scalars(select(Attempt))
    assert (attempt.delivery_id, attempt.error) == (delivery_id, "not a public address")


def test_a_rejection_is_told_with_the_link_under_which_its_author_reads_why(
    workplace: Workplace, database: Database, clock: Clock, receiver: Receiver
) -> None:
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        session.add(an_endpoint(site, url=receiver.url))
        comment = stored_decided_comment(session, site, now=clock())
        decisions.record(
            session,
            comment,
            Status.REJECTED,
            actor=Actor.MODERATOR,
            reason="insult",
            now=clock(),
        )
    run(workplace)
    [received] = receiver.received
    url = json.loads(received.body)["data"]["statement_url"]
    assert url == statement_url(workplace.settings, comment)
    assert url.startswith(f"{workplace.settings.web.public_url}/statements/")


def test_what_was_typed_reaches_the_site_as_it_was_typed(
    workplace: Workplace, database: Database, clock: Clock, receiver: Receiver
) -> None:
    """As JSON, escaped by JSON alone: nothing in it ends the text early, and nothing is changed."""
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        session.add(an_endpoint(site, url=receiver.url))
        for each in INJECTIONS:
            comment = stored_decided_comment(
                session, site, now=clock(), changes={"external_id": each}
            )
            session.get_one(Article, comment.article_id).external_id = each
            session.flush()
            decisions.record(
                session, comment, Status.HELD, actor=Actor.POLICY, reason=each, now=clock()
            )
    run(workplace)
    told = [json.loads(each.body)["data"] for each in receiver.received]
    for named in ("external_id", "article", "reason"):
        assert sorted(each[named] for each in told) == sorted(INJECTIONS)
    assert {each.headers["content-type"] for each in receiver.received} == {"application/json"}
