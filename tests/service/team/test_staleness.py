"""A queue in which a comment waits longer than the site wants is told of once, and shown."""

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.sealing import Seal
from service.sites.tables import Site
from service.team import staleness
from service.webhooks import actions as webhooks
from service.webhooks.tables import Delivery
from tests.factories.comments import stored_comment
from tests.factories.review import stored_desk
from tests.factories.sites import a_site

_HOUR = timedelta(hours=1)


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site(slug="border")
    session.add(site)
    session.flush()
    return site


def _held(session: Session, site: Site, *, sent_at: datetime) -> Comment:
    return stored_comment(session, site, status=Status.HELD, created_at=sent_at)


def _codes(session: Session, site: Site, now: datetime) -> list[str]:
    return [each.code for each in staleness.alerts(session, [site.id], now)]


def test_a_site_is_stale_once_its_oldest_held_comment_waits_too_long(
    session: Session, site: Site, now: datetime
) -> None:
    stored_comment(session, site, status=Status.APPROVED, created_at=now - 3 * _HOUR)
    _held(session, site, sent_at=now - _HOUR)
    _held(session, site, sent_at=now)
    assert _codes(session, site, now) == []
    [alert] = staleness.alerts(session, [site.id], now + timedelta(minutes=90))
    assert (alert.code, alert.since) == ("queue_stale", now - _HOUR)
    assert alert.sentence == (
        "The oldest held comment waits for 2 hours; this site wants none to wait longer than"
        " 60 minutes."
    )
    assert staleness.count(session, now=now + timedelta(minutes=90)) == 1


def test_a_site_says_itself_how_long_is_too_long(
    session: Session, site: Site, now: datetime
) -> None:
    _held(session, site, sent_at=now - 2 * _HOUR)
    site.preferences = {"age_alert": 10_800}
    assert _codes(session, site, now) == []
    site.preferences = {"age_alert": 60}
    assert _codes(session, site, now) == ["queue_stale"]
    site.preferences = {"age_alert": None}
    assert _codes(session, site, now) == []


def test_another_sites_queue_is_none_of_ours(session: Session, site: Site, now: datetime) -> None:
    other = a_site(slug="elsewhere")
    session.add(other)
    session.flush()
    _held(session, other, sent_at=now - 2 * _HOUR)
    assert _codes(session, site, now) == []
    assert _codes(session, other, now) == ["queue_stale"]


def test_the_webhook_and_the_log_are_told_once_each_time_it_begins(
    session: Session, site: Site, now: datetime
) -> None:
    webhooks.add_endpoint(session, site, "https://hooks.example/parley", seal=Seal(b"x"), now=now)
    comment = _held(session, site, sent_at=now - 2 * _HOUR)
    with capture_logs() as logs:
        staleness.tell(session, now=now)
        staleness.tell(session, now=now + timedelta(minutes=1))
        comment.status = Status.APPROVED
        staleness.tell(session, now=now + timedelta(minutes=2))
        again = _held(session, site, sent_at=now - 2 * _HOUR)
        staleness.tell(session, now=now + timedelta(minutes=3))
    told = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [each.event for each in told] == ["queue.stale", "queue.stale"]
    assert [each.payload["data"]["oldest"]["id"] for each in told] == [
        str(comment.id),
        str(again.id),
    ]
    assert told[0].payload["data"] == {
        "oldest": {"id": str(comment.id), "external_id": comment.external_id},
        "article": told[0].payload["data"]["article"],
        "waits_since": "2026-11-25T10:00:00Z",
        "alert_seconds": 3600,
        "told_at": "2026-11-25T12:00:00Z",
    }
    assert [(each["event"], each["site"]) for each in logs] == [
        ("queue_stale", "border"),
        ("queue_fresh", "border"),
        ("queue_stale", "border"),
    ]
    assert logs[0]["seconds"] == 7200


def test_the_metrics_count_the_stale_queues(
    client: TestClient, database: Database, now: datetime
) -> None:
    assert "parley_queues_stale 0.0" in client.get("/metrics").text
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        desk.site.preferences = {"age_alert": 60}
        _held(session, desk.site, sent_at=now - timedelta(days=3650))
    assert "parley_queues_stale 1.0" in client.get("/metrics").text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(61, "61 seconds"), (120, "2 minutes"), (7199, "119 minutes"), (172_800, "2 days")],
)
def test_a_wait_is_told_in_the_unit_that_people_use(
    session: Session, site: Site, now: datetime, seconds: int, said: str
) -> None:
    site.preferences = {"age_alert": 60}
    _held(session, site, sent_at=now - timedelta(seconds=seconds))
    [alert] = staleness.alerts(session, [site.id], now)
    assert f"waits for {said};" in alert.sentence
