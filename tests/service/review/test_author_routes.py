from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from service.authors.sanction_kind import SanctionKind
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.moderators.tables import Role
from service.review import settling
from tests.factories.review import Desk, stored_desk, stored_held_comment

WINDOW = timedelta(seconds=8)


class Newsroom(NamedTuple):
    moderator: Desk
    lead: Desk
    comment: UUID
    author: UUID


@pytest.fixture
def newsroom(database: Database, now: datetime) -> Newsroom:
    with database.transaction() as session:
        moderator = stored_desk(session, now=now)
        lead = stored_desk(session, site=moderator.site, role=Role.LEAD, name="Timur", now=now)
        comment = stored_held_comment(session, moderator.site, now=now)
        return Newsroom(moderator, lead, comment.id, comment.author_id)


def _lay(
    client: TestClient, desk: Desk, author: UUID, sent: Mapping[str, object]
) -> tuple[int, dict[str, Any]]:
    path = f"/v1/review/authors/{author}/sanctions"
    answer = client.post(path, json={"why": "Threats."} | dict(sent), headers=desk.bearer)
    return answer.status_code, answer.json()


def _lift(client: TestClient, desk: Desk, author: UUID, why: str = "") -> int:
    path = f"/v1/review/authors/{author}/sanctions"
    return client.delete(path, params={"why": why}, headers=desk.bearer).status_code


def _record(client: TestClient, newsroom: Newsroom) -> dict[str, Any]:
    path = f"/v1/review/authors/{newsroom.author}"
    return dict(client.get(path, headers=newsroom.moderator.bearer).json())


def test_a_sanction_is_laid_shown_lifted_and_stays_in_the_history(
    client: TestClient, newsroom: Newsroom, now: datetime
) -> None:
    assert _record(client, newsroom)["sanction"] is None
    until = (now + timedelta(days=7)).isoformat()
    sent = {"kind": "suspended", "until": until}
    status, laid = _lay(client, newsroom.moderator, newsroom.author, sent)
    assert (status, laid["rejected"], laid["left"]) == (201, None, False)
    shown = _record(client, newsroom)["sanction"]
    assert (shown["kind"], shown["why"], shown["laid_by"]) == ("suspended", "Threats.", "Aziza")
    assert _lift(client, newsroom.lead, newsroom.author, "He has said sorry.") == 204
    assert _record(client, newsroom)["sanction"] is None
    path = f"/v1/review/authors/{newsroom.author}/sanctions"
    (past,) = client.get(path, headers=newsroom.moderator.bearer).json()
    assert (past["lifted_by"], past["lifted_why"]) == ("Timur", "He has said sorry.")
    assert _lift(client, newsroom.lead, newsroom.author) == 404


def test_a_ban_is_a_leads_to_lay_to_replace_and_to_lift(
    client: TestClient, newsroom: Newsroom
) -> None:
    moderator, lead, author = newsroom.moderator, newsroom.lead, newsroom.author
    status, refused = _lay(client, moderator, author, {"kind": "banned"})
    assert (status, refused["code"]) == (403, "role_too_low")
    assert _lay(client, lead, author, {"kind": "banned"})[0] == 201
    assert _lay(client, moderator, author, {"kind": "always_hold"})[0] == 403
    assert _lift(client, moderator, author) == 403
    assert _lift(client, lead, author) == 204


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"kind": "suspended"}, "sanction_meaningless"),
        ({"kind": "suspended", "until": "2001-01-01T00:00:00Z"}, "sanction_meaningless"),
        ({"kind": "suspended", "until": "2999-01-01T00:00:00"}, "fields_invalid"),
        ({"kind": "shot"}, "fields_invalid"),
        ({"kind": "always_hold", "why": " "}, "fields_invalid"),
        ({"kind": "always_hold", "why": "\0"}, "fields_invalid"),
    ],
)
def test_a_sanction_that_means_nothing_is_refused(
    client: TestClient, newsroom: Newsroom, sent: dict[str, str], code: str
) -> None:
    status, refused = _lay(client, newsroom.moderator, newsroom.author, sent)
    assert (status, refused["code"]) == (422, code)


def test_what_is_held_is_rejected_along_and_can_be_undone(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    sent = {"kind": SanctionKind.ALWAYS_HOLD.value, "reject_for": "spam"}
    _, laid = _lay(client, newsroom.moderator, newsroom.author, sent)
    assert (laid["rejected"]["decided"], laid["rejected"]["refused"]) == (1, [])
    undo = f"/v1/review/bulk/{laid['rejected']['id']}/undo"
    undone = client.post(undo, headers=newsroom.moderator.bearer).json()
    assert undone == {"undone": 1, "too_late": 0}
    _lay(client, newsroom.moderator, newsroom.author, sent)
    with database.transaction() as session:
        settling.settle_due(session, now=now + WINDOW)
        assert session.get_one(Comment, newsroom.comment).status is Status.REJECTED


def test_a_reason_that_the_site_does_not_have_rejects_nothing_and_says_why(
    client: TestClient, newsroom: Newsroom
) -> None:
    sent = {"kind": "always_hold", "reject_for": "boredom"}
    _, laid = _lay(client, newsroom.moderator, newsroom.author, sent)
    assert [each["code"] for each in laid["rejected"]["refused"]] == ["reason_required"]


def test_what_others_wrote_is_not_rejected_along(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    with database.transaction() as session:
        other = stored_held_comment(session, newsroom.moderator.site, now=now)
    sent = {"kind": "always_hold", "reject_for": "spam"}
    _lay(client, newsroom.moderator, newsroom.author, sent)
    with database.transaction() as session:
        settling.settle_due(session, now=now + WINDOW)
        assert session.get_one(Comment, other.id).status is Status.HELD


@pytest.mark.parametrize("about", ["authors", "comments"])
def test_a_note_is_for_colleagues_and_its_writers_to_remove(
    client: TestClient, newsroom: Newsroom, about: str
) -> None:
    which = newsroom.author if about == "authors" else newsroom.comment
    path = f"/v1/review/{about}/{which}/notes"
    sent = {"body": " Asked twice. "}
    written = client.post(path, json=sent, headers=newsroom.moderator.bearer)
    assert (written.status_code, written.json()["body"]) == (201, "Asked twice.")
    (read,) = client.get(path, headers=newsroom.lead.bearer).json()
    assert (read["by"], read["is_mine"], read["body"]) == ("Aziza", False, "Asked twice.")
    note = f"/v1/review/notes/{read['id']}"
    refused = client.delete(note, headers=newsroom.lead.bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_note")
    assert client.delete(note, headers=newsroom.moderator.bearer).status_code == 204
    assert client.get(path, headers=newsroom.lead.bearer).json() == []
    assert client.delete(note, headers=newsroom.moderator.bearer).status_code == 404


@pytest.mark.parametrize("body", ["", "  ", "x" * 2001, "\0"])
def test_a_note_that_says_nothing_or_too_much_is_refused(
    client: TestClient, newsroom: Newsroom, body: str
) -> None:
    path = f"/v1/review/authors/{newsroom.author}/notes"
    answer = client.post(path, json={"body": body}, headers=newsroom.moderator.bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")


def test_a_record_says_what_became_of_the_comments_lately(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    with database.transaction() as session:
        held = session.get_one(Comment, newsroom.comment)
        for status, days in ((Status.APPROVED, 1), (Status.REJECTED, 29), (Status.REJECTED, 31)):
            sent_at = now - timedelta(days=days)
            session.add(
                Comment(
                    site_id=held.site_id,
                    article_id=held.article_id,
                    author_id=held.author_id,
                    fingerprint=b"",
                    author_name="Malika",
                    body="Earlier.",
                    status=status,
                    created_at=sent_at,
                )
            )
    found = _record(client, newsroom)
    assert (found["approved"], found["rejected"], found["held"]) == (1, 1, 1)
    assert len(found["recent"]) == 4
