from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db import Database
from service.webhooks import postbag
from service.webhooks.sending import Attempted, Due
from service.webhooks.tables import Attempt, Delivery, DeliveryState, Endpoint
from tests.factories.sites import a_site
from tests.factories.webhooks import an_endpoint, stored_delivery

LEASE = timedelta(seconds=40)


@pytest.fixture
def endpoint(session: Session) -> Endpoint:
    return stored_endpoint(session)


def stored_endpoint(session: Session, *, disabled_at: datetime | None = None) -> Endpoint:
    site = a_site()
    session.add(site)
    session.flush()
    endpoint = an_endpoint(site, disabled_at=disabled_at)
    session.add(endpoint)
    session.flush()
    return endpoint


def take(session: Session, endpoint: Endpoint, now: datetime) -> list[Due]:
    return postbag.take(session, endpoint.id, now=now, lease=LEASE, limit=16)


def record(
    session: Session, due: Due, now: datetime, *, max_attempts: int = 10, status: int | None = None
) -> Delivery:
    error = None if status else "timed out"
    attempted = Attempted(due, now, status_code=status, error=error)
    postbag.record(session, [attempted], max_attempts=max_attempts, jitter=lambda: 0.0, now=now)
    return session.get_one(Delivery, due.delivery_id, populate_existing=True)


def test_what_is_due_is_taken_once_and_again_when_the_lease_is_over(
    session: Session, endpoint: Endpoint, now: datetime
) -> None:
    delivery = stored_delivery(session, endpoint, now=now)
    [due] = take(session, endpoint, now)
    assert (due.delivery_id, due.url, due.attempts) == (delivery.id, endpoint.url, 0)
    assert take(session, endpoint, now) == []
    assert [each.delivery_id for each in take(session, endpoint, now + LEASE)] == [delivery.id]


def test_an_endpoint_is_named_only_while_it_is_owed_something_now(
    session: Session, endpoint: Endpoint, now: datetime
) -> None:
    disabled = stored_endpoint(session, disabled_at=now)
    stored_delivery(session, disabled, now=now)
    stored_delivery(session, endpoint, now=now, next_attempt_at=now + LEASE)
    stored_delivery(session, endpoint, now=now, state=DeliveryState.DELIVERED)
    assert postbag.endpoints_with_due(session, now=now, limit=9) == []
    assert take(session, disabled, now) == []
    assert postbag.endpoints_with_due(session, now=now + LEASE, limit=9) == [endpoint.id]


def test_success_settles_a_delivery(session: Session, endpoint: Endpoint, now: datetime) -> None:
    stored_delivery(session, endpoint, now=now)
    [due] = take(session, endpoint, now)
    assert record(session, due, now, status=200).state is DeliveryState.DELIVERED
    [kept] = session.scalars(select(Attempt))
    assert (kept.status_code, kept.error, kept.attempted_at) == (200, None, now)


def test_failure_is_tried_again_by_the_schedule(
    session: Session, endpoint: Endpoint, now: datetime
) -> None:
    stored_delivery(session, endpoint, now=now)
    for wait in (timedelta(seconds=5), timedelta(minutes=5)):
        [due] = take(session, endpoint, now)
        delivery = record(session, due, now)
        assert (delivery.state, delivery.next_attempt_at) == (DeliveryState.DUE, now + wait)
        now += wait
    assert [each.error for each in session.scalars(select(Attempt))] == ["timed out"] * 2


def test_after_the_last_attempt_a_delivery_is_given_up(
    session: Session, endpoint: Endpoint, now: datetime
) -> None:
    stored_delivery(session, endpoint, now=now, attempts=2)
    [due] = take(session, endpoint, now)
    assert record(session, due, now, max_attempts=3, status=500).state is DeliveryState.FAILED


def test_an_endpoint_that_is_gone_is_disabled_with_all_that_it_was_owed(
    session: Session, endpoint: Endpoint, now: datetime
) -> None:
    stored_delivery(session, endpoint, now=now)
    [due] = take(session, endpoint, now)
    other = stored_delivery(session, endpoint, now=now)
    assert record(session, due, now, status=410).state is DeliveryState.FAILED
    session.refresh(endpoint)
    session.refresh(other)
    assert (endpoint.disabled_at, other.state) == (now, DeliveryState.FAILED)


def test_what_was_settled_meanwhile_stays_settled(
    session: Session, endpoint: Endpoint, now: datetime
) -> None:
    stored_delivery(session, endpoint, now=now)
    [due] = take(session, endpoint, now)
    [again] = take(session, endpoint, now + LEASE)
    record(session, again, now, status=200)
    assert record(session, due, now, status=500).state is DeliveryState.DELIVERED


def test_many_takers_at_once_never_take_the_same(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        endpoint = stored_endpoint(session)
        owed = {stored_delivery(session, endpoint, now=now).id for _ in range(100)}

    def take_some(_: int) -> list[Due]:
        with database.transaction() as own:
            return take(own, endpoint, now)

    with ThreadPoolExecutor(8) as pool:
        taken = [each.delivery_id for batch in pool.map(take_some, range(24)) for each in batch]
    assert len(taken) == len(set(taken))
    assert set(taken) == owed
