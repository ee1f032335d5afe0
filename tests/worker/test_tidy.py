from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from service.appeals import actions as appeals
from service.appeals.outcome import AppealState
from service.appeals.tables import Appeal
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database, first_id_at, new_id
from service.decisions import actions as decisions
from service.jobs import Tidy
from service.reports import actions as reports
from service.reports.reason import ReportReason, Resolution
from service.reports.tables import Report
from service.sites.reader_language import ReaderLanguage
from service.webhooks import postbag
from service.webhooks.tables import Attempt, Delivery, DeliveryState
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site
from tests.factories.webhooks import an_endpoint, stored_delivery
from tests.worker.conftest import Clock
from worker.tidy import tidy
from worker.workplace import Workplace

DAY = timedelta(days=1)


def run(workplace: Workplace) -> None:
    tidy(Tidy(), workplace)


def deliveries(database: Database, clock: Clock, *states: DeliveryState) -> list[UUID]:
    """Store a delivery in each of these states, made now and tried once."""
    # Identifiers carry the real time, and what is old is found by them.
    clock.now = datetime.now(UTC)
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        endpoint = an_endpoint(site)
        session.add(endpoint)
        session.flush()
        made = [stored_delivery(session, endpoint, now=clock(), state=each) for each in states]
        session.add_all(
            Attempt(delivery_id=each.id, attempted_at=clock(), status_code=500) for each in made
        )
        return [each.id for each in made]


def test_deliveries_that_are_over_go_after_a_while_and_what_is_owed_stays(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    delivered, failed, due = deliveries(
        database, clock, DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.DUE
    )
    clock.move(29 * DAY)
    run(workplace)
    with database.transaction() as session:
        assert set(session.scalars(select(Delivery.id))) == {delivered, failed, due}
    clock.move(2 * DAY)
    run(workplace)
    with database.transaction() as session:
        assert session.scalars(select(Delivery.id)).all() == [due]
        assert session.scalars(select(Attempt.delivery_id)).all() == [due]


def test_more_deliveries_than_are_forgotten_at_once_all_go(
    workplace: Workplace, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postbag, "FORGOTTEN_AT_ONCE", 3)
    deliveries(database, clock, *[DeliveryState.DELIVERED] * 7)
    clock.move(60 * DAY)
    run(workplace)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_ids_of_a_time_sort_by_it(clock: Clock) -> None:
    made = new_id()
    at = (made.int >> 80) / 1000
    assert first_id_at(clock().fromtimestamp(at + 1, tz=clock().tzinfo)) > made
    assert first_id_at(clock().fromtimestamp(at - 1, tz=clock().tzinfo)) < made


def test_what_waited_on_a_comment_that_is_gone_ends(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    now = clock()
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        reported = stored_decided_comment(session, site, now=now)
        reports.report(
            session,
            reported,
            reason=ReportReason.SPAM,
            words=None,
            reporter=b"r" * 16,
            reader_network=b"n" * 16,
            now=now,
        )
        rejected = stored_decided_comment(session, site, Status.REJECTED, reason="links", now=now)
        english = ReaderLanguage.ENGLISH
        appeals.appeal(session, rejected, "Why?", language=english, now=now, window=DAY)
    with database.transaction() as session:
        for each in (reported.id, rejected.id):
            decisions.withdraw(session, session.get_one(Comment, each), now=now)
    run(workplace)
    with database.transaction() as session:
        assert session.scalars(select(Report.resolution)).one() is Resolution.MOOT
        assert session.scalars(select(Appeal.state)).one() is AppealState.MOOT
