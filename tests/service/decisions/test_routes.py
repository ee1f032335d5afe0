from datetime import datetime
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from ml.labels import Label
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions
from service.decisions.tables import Actor
from service.registry import actions as registry
from service.scoring import actions as scoring
from service.scoring.actions import Scored
from service.sites.tables import Site
from tests.factories.comments import stored_comment
from tests.factories.registry import offer
from tests.factories.review import stored_desk
from tests.fakes import FakePrediction
from tests.service.keys import Caller


@pytest.fixture
def comment(database: Database, caller: Caller) -> Comment:
    with database.transaction() as session:
        return stored_comment(session, caller.site, body="first", external_id="c-1")


def decide(
    database: Database, comment: Comment, wanted: Status, now: datetime, by: UUID | None = None
) -> None:
    with database.transaction() as session:
        actions.record(
            *(session, session.get_one(Comment, comment.id), wanted),
            actor=Actor.MODERATOR,
            reason="other",
            note="seen",
            moderator_id=by,
            now=now,
        )


def path(comment_id: UUID) -> str:
    return f"/v1/comments/{comment_id}"


def test_an_edit_is_stored_and_waits_for_its_decision(
    client: TestClient, caller: Caller, comment: Comment, database: Database, now: datetime
) -> None:
    decide(database, comment, Status.APPROVED, now)
    answer = client.put(path(comment.id), json={"body": " second\r\n"}, headers=caller.headers)
    assert answer.status_code == 202
    body = answer.json()
    assert (body["status"], body["body"], body["revision"]) == ("pending", "second", 2)
    assert body["public_revision"] == 1


def test_an_edit_of_a_rejected_comment_is_stored_and_changes_no_status(
    client: TestClient, caller: Caller, comment: Comment, database: Database, now: datetime
) -> None:
    decide(database, comment, Status.REJECTED, now)
    answer = client.put(path(comment.id), json={"body": "kind"}, headers=caller.headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "rejected")


@pytest.mark.parametrize("body", ["", "  ", "a" * 1501, "a\u0000b"])
def test_an_edit_that_could_not_be_a_comment_is_refused(
    client: TestClient, caller: Caller, comment: Comment, body: str
) -> None:
    answer = client.put(path(comment.id), json={"body": body}, headers=caller.headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/body")


def test_a_withdrawn_comment_is_erased_and_gone_for_edits(
    client: TestClient, caller: Caller, comment: Comment
) -> None:
    for _ in range(2):
        answer = client.delete(path(comment.id), headers=caller.headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
        assert answer.json()["body"] == ""
    edited = client.put(path(comment.id), json={"body": "again"}, headers=caller.headers)
    assert (edited.status_code, edited.json()["code"]) == (410, "comment_withdrawn")


def test_the_trail_tells_who_decided_why_and_on_what(
    client: TestClient, caller: Caller, comment: Comment, database: Database, now: datetime
) -> None:
    reasons = [{"code": "score_insult", "sentence": "Insult scored 0.50."}]
    with database.transaction() as session:
        version = registry.ensure_champion(session, **offer(), now=now)
        scored = Scored.of(comment.id, 1, FakePrediction({Label.INSULT: 0.5}))
        ids = scoring.record(session, [scored], model_version_id=version.id, now=now)
        current = session.get_one(Comment, comment.id)
        actions.record(
            *(session, current, Status.HELD),
            actor=Actor.POLICY,
            reason="score_insult",
            reasons=reasons,
            score_id=ids[comment.id],
            now=now,
        )
    decide(database, comment, Status.APPROVED, now)
    trail = client.get(f"{path(comment.id)}/decisions", headers=caller.headers)
    assert trail.status_code == 200
    held, approved = trail.json()["items"]
    assert (held["status"], held["actor"], held["reasons"]) == ("held", "policy", reasons)
    assert (held["policy_version"], held["model_version"]) == (0, version.digest)
    assert held["scores"] == {"insult": 0.5}
    assert (approved["status"], approved["actor"]) == ("approved", "moderator")
    assert (approved["policy_version"], approved["model_version"], approved["scores"]) == (
        *(None, None),
        None,
    )


def test_what_moderators_note_among_themselves_is_not_given_out_by_a_sites_key(
    client: TestClient, caller: Caller, comment: Comment, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, site=session.get_one(Site, caller.site.id), now=now)
    decide(database, comment, Status.REJECTED, now, by=desk.moderator.id)
    for_the_site = client.get(f"{path(comment.id)}/decisions", headers=caller.headers)
    assert for_the_site.json()["items"][0]["reason"] == "other"
    assert "note" not in for_the_site.json()["items"][0]
    assert "seen" not in for_the_site.text
    history = f"/v1/review/comments/{comment.id}/history"
    for_moderators = client.get(history, headers=desk.bearer)
    assert [step["note"] for step in for_moderators.json()] == ["seen"]


def test_another_sites_comment_is_not_there(
    client: TestClient, stranger: Caller, comment: Comment
) -> None:
    for comment_id in (comment.id, uuid4()):
        answers = [
            client.put(path(comment_id), json={"body": "mine"}, headers=stranger.headers),
            client.delete(path(comment_id), headers=stranger.headers),
            client.get(f"{path(comment_id)}/decisions", headers=stranger.headers),
        ]
        assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "comment_not_found")}
