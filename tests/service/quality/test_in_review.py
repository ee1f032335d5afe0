"""An audit from the lot to the lead's word, through the queues that moderators use."""

from datetime import datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.moderators.tables import Role
from service.quality import actions
from service.quality.tables import AuditSample
from service.review import settling
from service.webhooks.tables import Delivery
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk, stored_score
from tests.factories.webhooks import an_endpoint
from tests.service.quality.test_actions import claimed

LONG = timedelta(minutes=1)


def queue(client: TestClient, desk: Desk, name: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/review/queue", params={"queue": name}, headers=desk.bearer)
    return list(answer.json()["items"])


def test_a_blind_verdict_that_differs_comes_before_a_lead_whose_word_moves_the_comment(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        lead = stored_desk(session, slug="border", role=Role.LEAD, now=now)
        blind = stored_desk(session, site=lead.site, name="Baurzhan", now=now)
        lead.site.preferences = {"audit_share": 1.0}
        session.add(an_endpoint(lead.site))
        comment = stored_decided_comment(session, lead.site, now=now)
        stored_score(session, comment, insult=0.31, now=now)
        actions.draw(session, [claimed(comment)], judged_twice=0.0, now=now)

    [card] = queue(client, blind, "audit")
    assert card["body"] == comment.body
    assert card["scores"] == {}
    assert card["why"] == []
    assert card["status"] is card["decision_id"] is card["urgency"] is None
    path = f"/v1/review/comments/{comment.id}/decisions"
    sent = {"status": "rejected", "revision": 1, "reason": "insult", "queue": "audit"}
    assert client.post(path, json=sent, headers=blind.bearer).status_code == 201
    with database.transaction() as session:
        settling.settle_due(session, now=now + LONG)
        sample = session.scalars(select(AuditSample)).one()
        assert (sample.verdict, sample.first_judge) == (Status.REJECTED, blind.moderator.id)
        assert session.get_one(Comment, comment.id).status is Status.APPROVED
        assert session.scalars(select(Delivery)).all() == [], "the site hears nothing of audits"
    assert queue(client, blind, "audit") == []

    [card] = queue(client, lead, "disagreement")
    sent = {
        "status": "rejected",
        "revision": 1,
        "reason": "insult",
        "queue": "disagreement",
        "replaces": card["decision_id"],
    }
    assert client.post(path, json=sent, headers=lead.bearer).status_code == 201
    with database.transaction() as session:
        settling.settle_due(session, now=now + LONG)
        sample = session.scalars(select(AuditSample)).one()
        assert (sample.verdict, sample.settled_by) == (Status.REJECTED, lead.moderator.id)
        assert session.get_one(Comment, comment.id).status is Status.REJECTED
        assert session.scalars(select(Delivery.event)).all() == ["comment.rejected"]
