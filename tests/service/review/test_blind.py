"""Whoever judges a comment for the audit sees nothing of how it was judged, on any route."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from service.db import Database
from service.moderators.tables import Role
from service.quality import actions as quality
from service.review import notes
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk, stored_score
from tests.service.quality.test_actions import claimed


class Audit(NamedTuple):
    desk: Desk
    comment: UUID


@pytest.fixture
def audit(database: Database, now: datetime) -> Audit:
    """Return a moderator who has a published comment in hand from the audit."""
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.LEAD, now=now)
        desk.site.preferences = {"audit_share": 1.0}
        comment = stored_decided_comment(session, desk.site, now=now)
        stored_score(session, comment, insult=0.31, now=now)
        notes.about_comment(session, desk.moderator, comment, "Quoted.", now=now)
        quality.draw(session, [claimed(comment)], judged_twice=0.0, now=now)
        return Audit(desk, comment.id)


def _get(client: TestClient, audit: Audit, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = client.get(f"/v1/review/{path}", headers=audit.desk.bearer)
    assert answer.status_code == 200
    return answer.json()


def _take(client: TestClient, audit: Audit) -> list[dict[str, Any]]:
    sent = {"queue": "audit", "count": 5}
    return list(client.post("/v1/review/claims", json=sent, headers=audit.desk.bearer).json())


def _is_blind(card: dict[str, Any]) -> bool:
    hidden = ("status", "urgency", "priority", "decision_id", "choice", "waits")
    return (
        card["is_blind"]
        and not card["scores"]
        and not card["why"]
        and not any(card[each] for each in hidden)
    )


def test_a_comment_in_hand_from_the_audit_is_read_blind_on_every_route(
    client: TestClient, audit: Audit, now: datetime
) -> None:
    taken = _take(client, audit)
    assert [card["id"] for card in taken] == [str(audit.comment)]
    assert _is_blind(taken[0])
    path = f"comments/{audit.comment}"
    assert _is_blind(_get(client, audit, path))
    (in_hand,) = _get(client, audit, "claims")
    assert _is_blind(in_hand)
    evidence = _get(client, audit, f"{path}/evidence")
    assert _is_blind(evidence["card"])
    assert evidence["scores"] == evidence["words"] == evidence["notes"] == evidence["trail"] == []
    assert _get(client, audit, f"{path}/history") == []
    assert _get(client, audit, f"{path}/highlights") == []
    query = f"changes?comments={audit.comment}&since={now:%Y-%m-%dT%H:%M:%SZ}"
    (standing,) = _get(client, audit, query)["comments"]
    assert (standing["status"], standing["choice"], standing["is_mine"]) == (None, None, True)


def test_a_comment_of_the_audit_that_is_not_in_hand_is_listed_blind(
    client: TestClient, audit: Audit, now: datetime
) -> None:
    page = _get(client, audit, "queue?queue=audit")
    assert [_is_blind(card) for card in page["items"]] == [True]
    query = f"changes?queue=audit&comments={audit.comment}&since={now:%Y-%m-%dT%H:%M:%SZ}"
    (standing,) = _get(client, audit, query)["comments"]
    assert standing["status"] is None


def test_the_same_comment_is_seen_whole_when_it_is_given_back(
    client: TestClient, audit: Audit
) -> None:
    _take(client, audit)
    client.delete("/v1/review/claims", headers=audit.desk.bearer)
    card = _get(client, audit, f"comments/{audit.comment}")
    assert (card["status"], card["is_blind"]) == ("approved", False)
    assert card["scores"]["insult"] == pytest.approx(0.31)


def test_taking_it_again_by_another_name_does_not_open_the_eyes(
    client: TestClient, audit: Audit
) -> None:
    _take(client, audit)
    for queue in ("held", "audit"):
        sent = {"comments": [str(audit.comment)], "queue": queue}
        client.put("/v1/review/claims", json=sent, headers=audit.desk.bearer)
        assert _is_blind(_get(client, audit, f"comments/{audit.comment}"))
