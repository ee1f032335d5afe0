"""Taking due deliveries out, and recording what came of each: the two ends of an attempt.

Between the two no transaction is open, however long the site takes to answer.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from service.db import first_id_at
from service.webhooks import actions, rules
from service.webhooks.sending import Attempted, Due
from service.webhooks.tables import Attempt, Delivery, DeliveryState, Endpoint


def endpoints_with_due(session: Session, *, now: datetime, limit: int) -> list[UUID]:
    """Return live endpoints that are owed something now."""
    owed = exists().where(Delivery.endpoint_id == Endpoint.id, *_is_due(now))
    live = select(Endpoint.id).where(Endpoint.disabled_at.is_(None), owed)
    return list(session.scalars(live.order_by(Endpoint.id).limit(limit)))


def count_due(session: Session) -> int:
    """Return how many deliveries are still owed, those that wait for their next attempt too."""
    return session.scalars(select(func.count()).where(Delivery.state == DeliveryState.DUE)).one()


def take(
    session: Session, endpoint_id: UUID, *, now: datetime, lease: timedelta, limit: int
) -> list[Due]:
    """Take the endpoint's due deliveries, oldest first, for as long as ``lease``.

    Whoever takes them and dies leaves them due again when the lease is over.
    """
    due = (
        select(Delivery.id)
        .where(Delivery.endpoint_id == endpoint_id, *_is_due(now))
        .order_by(Delivery.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = session.execute(
        update(Delivery)
        .values(next_attempt_at=now + lease)
        .where(
            Delivery.id == due.c.id,
            Endpoint.id == Delivery.endpoint_id,
            Endpoint.disabled_at.is_(None),
        )
        .returning(
            Delivery.id,
            Delivery.payload,
            Delivery.attempts,
            Endpoint.url,
            Endpoint.secret,
            case(
                (Endpoint.rotated_at > now - rules.BOTH_SECRETS_SIGN, Endpoint.previous_secret)
            ).label("previous_secret"),
        )
        .execution_options(synchronize_session=False)
    )
    return [
        Due(
            row.id,
            endpoint_id,
            row.url,
            row.secret,
            row.payload,
            row.attempts,
            row.previous_secret,
        )
        for row in taken
    ]


def record(
    session: Session,
    attempted: Sequence[Attempted],
    *,
    max_attempts: int,
    jitter: Callable[[], float],
    now: datetime,
) -> None:
    """Keep every attempt, and say for each delivery whether it is done, due again, or given up."""
    if not attempted:
        return
    session.execute(
        insert(Attempt),
        [
            {
                "delivery_id": each.due.delivery_id,
                "attempted_at": each.at,
                "status_code": each.status_code,
                "error": each.error,
            }
            for each in attempted
        ],
    )
    for each in sorted(attempted, key=lambda each: each.due.delivery_id):
        _settle(session, each, max_attempts=max_attempts, jitter=jitter(), now=now)
    for endpoint_id in sorted(
        {e.due.endpoint_id for e in attempted if e.status_code == rules.GONE}
    ):
        actions.disable_endpoint(session, session.get_one(Endpoint, endpoint_id), now=now)


FORGOTTEN_AT_ONCE: Final = 5000


def forget(session: Session, *, kept: timedelta, now: datetime) -> int:
    """Forget some of what was delivered or given up so long ago, and return how much that was.

    What is still owed stays, however old it is.
    """
    until = now - kept
    old = (
        select(Delivery.id)
        .where(
            # Ids sort by time, so this reads the oldest end of the table alone.
            Delivery.id < first_id_at(until),
            Delivery.created_at < until,
            Delivery.state != DeliveryState.DUE,
        )
        .order_by(Delivery.id)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(old).all()
    session.execute(delete(Attempt).where(Attempt.delivery_id.in_(ids)))
    session.execute(delete(Delivery).where(Delivery.id.in_(ids)))
    return len(ids)


def _settle(
    session: Session, each: Attempted, *, max_attempts: int, jitter: float, now: datetime
) -> None:
    failures = each.due.attempts + 1
    values: dict[str, object] = {"attempts": failures}
    if each.is_delivered:
        values["state"] = DeliveryState.DELIVERED
    elif failures >= max_attempts:
        values["state"] = DeliveryState.FAILED
    else:
        wait = rules.wait_after(failures, jitter=jitter, asked=each.retry_after)
        values["next_attempt_at"] = now + wait
    session.execute(
        update(Delivery)
        # Disabled or sent by hand meanwhile: then that stands.
        .where(Delivery.id == each.due.delivery_id, Delivery.state == DeliveryState.DUE)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Delivery.state == DeliveryState.DUE, Delivery.next_attempt_at <= now
