"""What moderators say of the pieces that led the classifier, over the API."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.examples import highlights
from service.examples.origin import Origin
from service.examples.tables import LabelledExample
from service.learning import gathering
from service.moderators import tokens
from service.moderators.rules import TokenScope
from service.quality import actions as quality
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_score
from tests.service.quality.test_actions import claimed
from tests.service.review.test_highlights import Explaining

THEY: dict[str, str | int] = {"revision": 1, "start": 0, "end": 4, "label": "insult"}


class Room(NamedTuple):
    desk: Desk
    path: str
    comment: Comment


@pytest.fixture
def room(app: FastAPI, database: Database, now: datetime) -> Room:
    """Return a desk before a held comment of which the classifier names two pieces."""
    app.state.classifier = Explaining()
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        comment = stored_held_comment(session, desk.site, now=now)
        stored_score(session, comment, insult=0.75, now=now)
    return Room(desk, f"/v1/review/comments/{comment.id}/highlights", comment)


def say(
    client: TestClient,
    room: Room,
    changes: Mapping[str, object] = MappingProxyType({}),
    *,
    by: Mapping[str, str] | None = None,
) -> Response:
    sent = {**THEY, "is_right": True, **changes}
    return client.put(room.path, json=sent, headers=by or room.desk.bearer)


def shown(client: TestClient, room: Room) -> list[tuple[int, bool | None, str | None]]:
    found = client.get(room.path, headers=room.desk.bearer).json()
    return [(each["start"], each["is_right"], each["said_by"]) for each in found]


def labels(database: Database) -> list[tuple[Origin, dict[str, float]]]:
    with database.transaction() as session:
        return [(each.origin, each.labels) for each in session.scalars(select(LabelledExample))]


def test_a_confirmed_piece_is_shown_as_confirmed_and_teaches(
    client: TestClient, room: Room, database: Database
) -> None:
    answer = say(client, room)
    assert answer.status_code == 200
    assert answer.json()["is_right"] is True
    assert shown(client, room) == [(0, True, "Aziza"), (9, None, None)]
    assert say(client, room).status_code == 200
    assert labels(database) == [(Origin.HIGHLIGHT, {"insult": 1.0})]


def test_a_colleagues_later_word_takes_the_place_of_ones_own(
    client: TestClient, room: Room, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        other = stored_desk(session, site=room.desk.site, name="Baurzhan", now=now)
    say(client, room)
    assert say(client, room, {"is_right": False}, by=other.bearer).status_code == 200
    assert shown(client, room)[0] == (0, False, "Baurzhan")
    assert labels(database) == [(Origin.HIGHLIGHT, {"insult": 0.0})]


def test_a_colleagues_word_is_not_taken_back(
    client: TestClient, room: Room, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        other = stored_desk(session, site=room.desk.site, name="Baurzhan", now=now)
    say(client, room)
    gone = client.delete(room.path, params=THEY, headers=other.bearer)
    assert (gone.status_code, gone.json()["code"]) == (403, "highlight_of_another")
    assert shown(client, room)[0] == (0, True, "Aziza")
    for reader, is_yours in ((room.desk, True), (other, False)):
        found = client.get(room.path, headers=reader.bearer).json()
        assert [each["is_yours"] for each in found] == [is_yours, False]


def test_of_one_comment_no_more_is_said_than_anybody_reads(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(highlights, "MOST", 2)
    assert say(client, room).is_success
    assert say(client, room, {"start": 9, "end": 12}).is_success
    full = say(client, room, {"start": 14, "end": 22})
    assert (full.status_code, full.json()["code"]) == (409, "too_many_highlights")
    assert "2 pieces" in full.json()["detail"]
    # What is said already can be said otherwise, and what is taken back makes room.
    assert say(client, room, {"is_right": False}).is_success
    assert client.delete(room.path, params=THEY, headers=room.desk.bearer).is_success
    assert say(client, room, {"start": 14, "end": 22}).is_success


def test_a_word_is_taken_back_and_twice_is_once(
    client: TestClient, room: Room, database: Database
) -> None:
    say(client, room)
    for _ in range(2):
        gone = client.delete(room.path, params=THEY, headers=room.desk.bearer)
        assert gone.status_code == 204
    assert shown(client, room)[0] == (0, None, None)
    assert labels(database) == []


def test_a_piece_that_the_classifier_does_not_name_is_shown_for_what_was_said(
    client: TestClient, room: Room
) -> None:
    say(client, room, {"start": 14, "end": 22, "label": "threat", "is_right": False})
    found = client.get(room.path, headers=room.desk.bearer).json()
    assert found[-1] == {
        "start": 14,
        "end": 22,
        "label": "threat",
        "contribution": None,
        "method": None,
        "is_right": False,
        "said_by": "Aziza",
        "is_yours": True,
    }


def test_the_next_snapshot_would_hold_the_piece_and_not_the_comment(
    client: TestClient, room: Room, database: Database
) -> None:
    say(client, room)
    with database.transaction() as session:
        found = gathering.gather(session, [room.desk.site.id], limit=10)
    assert [(each.text, each.is_piece) for each in found] == [("They", True)]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"end": 400}, 422, "highlight_unfit"),
        ({"start": 4, "end": 5}, 422, "highlight_unfit"),
        ({"label": "rudeness"}, 422, "fields_invalid"),
        ({"revision": 2}, 409, "edited_meanwhile"),
    ],
)
def test_what_is_no_piece_of_the_text_is_refused(
    client: TestClient, room: Room, changes: dict[str, object], status: int, code: str
) -> None:
    answer = say(client, room, changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_of_a_withdrawn_text_nothing_is_said(
    client: TestClient, room: Room, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        decisions.withdraw(session, session.get_one(Comment, room.comment.id), now=now)
    assert say(client, room).json()["code"] == "withdrawn_meanwhile"


def test_a_moderator_of_another_site_finds_no_such_comment(
    client: TestClient, room: Room, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        other = stored_desk(session, slug="elsewhere", name="Dana", now=now)
    assert say(client, room, by=other.bearer).json()["code"] == "comment_not_found"


def test_a_program_does_not_teach_what_the_classifier_says_already(
    client: TestClient, room: Room, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        _, token = tokens.issue(
            session,
            room.desk.site,
            name="Robot",
            scopes=[TokenScope.READ, TokenScope.DECIDE],
            expires_at=now + timedelta(days=1),
            by=room.desk.moderator.name,
            now=now,
        )
    answer = say(client, room, by={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")


def test_who_reads_blind_sees_and_says_nothing_of_what_led_the_classifier(
    client: TestClient, room: Room, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        room.desk.site.preferences = {"audit_share": 1.0}
        session.merge(room.desk.site)
        comment = stored_decided_comment(session, room.desk.site, now=now)
        stored_score(session, comment, insult=0.75, now=now)
        quality.draw(session, [claimed(comment)], judged_twice=0.0, now=now)
    path = f"/v1/review/comments/{comment.id}/highlights"
    assert client.get(path, headers=room.desk.bearer).json() != []
    client.post("/v1/review/claims", json={"queue": "audit", "count": 5}, headers=room.desk.bearer)
    assert client.get(path, headers=room.desk.bearer).json() == []
    said = client.put(path, json={**THEY, "is_right": True}, headers=room.desk.bearer)
    gone = client.delete(path, params=THEY, headers=room.desk.bearer)
    for answer in (said, gone):
        assert (answer.status_code, answer.json()["code"]) == (409, "read_blind")
