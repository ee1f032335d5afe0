from datetime import timedelta

from fastapi.testclient import TestClient

from service import request
from service.comments.status import Status
from service.db import Database
from tests.factories.comments import stored_comment
from tests.factories.webhooks import an_endpoint, stored_delivery
from tests.service.keys import Caller


def gauges(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    found = [line.split() for line in lines if line.startswith("parley_") and "{" not in line]
    return {name: float(value) for name, value in found}


def test_the_metrics_say_what_waits_and_for_how_long(
    client: TestClient, database: Database, caller: Caller
) -> None:
    now = request.now()
    with database.transaction() as session:
        for minutes, status in ((9, Status.HELD), (3, Status.PENDING), (1, Status.PENDING)):
            stored_comment(
                session, caller.site, status=status, created_at=now - timedelta(minutes=minutes)
            )
        stored_comment(session, caller.site, status=Status.HELD, score_wanted=True, created_at=now)
        endpoint = an_endpoint(caller.site)
        session.add(endpoint)
        session.flush()
        stored_delivery(session, endpoint, now=now)
    seen = gauges(client)
    assert (seen["parley_comments_pending"], seen["parley_comments_held"]) == (2, 2)
    assert (seen["parley_comments_unscored"], seen["parley_deliveries_due"]) == (1, 1)
    assert 180 <= seen["parley_comments_pending_oldest_seconds"] < 240
    assert 540 <= seen["parley_comments_held_oldest_seconds"] < 600
