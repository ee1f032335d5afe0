import re
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service import request
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.moderators import actions as moderators
from service.moderators.tables import Role
from service.review import notes, settling
from service.review.counts import COUNTED
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_site

# What answers about oneself alone.
OWN = {
    "/v1/review/me",
    "/v1/review/claims",
    "/v1/review/changes",
    "/v1/review/bulk",
    "/v1/review/models/versions",
}
WINDOW = timedelta(seconds=8)


class Newsroom(NamedTuple):
    """Two sites, each with a moderator and a held comment; a colleague; the app's clock."""

    desk: Desk
    colleague: Desk
    elsewhere: Desk
    ours: UUID
    theirs: UUID
    their_author: UUID
    their_note: UUID


@pytest.fixture
def newsroom(database: Database, now: datetime) -> Newsroom:
    with database.transaction() as session:
        desk = stored_desk(session, slug="border", role=Role.LEAD, now=now)
        colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
        elsewhere = stored_desk(session, slug="elsewhere", name="Chingiz", now=now)
        ours = stored_held_comment(session, desk.site, now=now)
        theirs = stored_held_comment(session, elsewhere.site, body="Their secret.", now=now)
        noted = notes.about_comment(session, elsewhere.moderator, theirs, "Secret.", now=now)
        ids = (ours.id, theirs.id, theirs.author_id, noted.note.id)
        return Newsroom(desk, colleague, elsewhere, *ids)


def _decide(client: TestClient, desk: Desk, comment_id: UUID, **changes: object) -> dict[str, str]:
    sent = {"status": "approved", "revision": 1} | changes
    path = f"/v1/review/comments/{comment_id}/decisions"
    answer = client.post(path, json=sent, headers=desk.bearer)
    return dict(answer.json()) | {"http": str(answer.status_code)}


def test_a_moderator_takes_decides_and_sees_what_came_of_it(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    bearer = newsroom.desk.bearer
    taken = client.post("/v1/review/claims", json={}, headers=bearer).json()
    assert [card["id"] for card in taken] == [str(newsroom.ours)]
    assert taken[0]["claim"]["is_mine"]
    assert taken[0]["why"][0]["code"] == "insult"
    decided = _decide(client, newsroom.desk, newsroom.ours, status="rejected", reason="insult")
    assert (decided["http"], decided["state"]) == ("201", "open")
    with database.transaction() as session:
        settling.settle_due(session, now=now + WINDOW)
    path = f"/v1/review/comments/{newsroom.ours}"
    assert client.get(path, headers=bearer).json()["status"] == "rejected"
    steps = client.get(f"{path}/history", headers=bearer).json()
    assert [(step["by"], step["status"]) for step in steps] == [
        ("the site's policy", "held"),
        ("Aziza", "rejected"),
    ]


def test_the_queue_and_its_count_leave_out_what_a_colleague_has(
    client: TestClient, newsroom: Newsroom
) -> None:
    client.post("/v1/review/claims", json={}, headers=newsroom.colleague.bearer)
    seen = [
        len(client.get("/v1/review/queue", headers=desk.bearer).json()["items"])
        for desk in (newsroom.desk, newsroom.colleague)
    ]
    assert seen == [0, 1]
    _decide(client, newsroom.colleague, newsroom.ours)
    counts = client.get("/v1/review/queues", headers=newsroom.desk.bearer).json()
    empty = {"site": "border", "count": 0, "is_capped": False, "oldest_at": None}
    assert counts == {
        "queues": [{"queue": queue.value} | empty for queue in COUNTED],
        "alerts": [],
    }


def test_the_queue_is_read_page_by_page(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    with database.transaction() as session:
        for number in range(6):
            stored_held_comment(session, newsroom.desk.site, urgency=number % 3, now=now)
    seen: list[tuple[float, str]] = []
    query = "?limit=3"
    while query:
        page = client.get(f"/v1/review/queue{query}", headers=newsroom.desk.bearer).json()
        seen += [(card["urgency"], card["id"]) for card in page["items"]]
        query = f"?limit=3&cursor={page['next']}" if page["next"] else ""
    assert len({comment_id for _, comment_id in seen}) == 7
    assert seen == sorted(seen, key=lambda each: (-each[0], each[1]))


def test_an_undone_decision_leaves_the_comment_in_the_queue(
    client: TestClient, newsroom: Newsroom
) -> None:
    decided = _decide(client, newsroom.desk, newsroom.ours)
    path = f"/v1/review/decisions/{decided['id']}/undo"
    assert client.post(path, headers=newsroom.desk.bearer).json()["state"] == "undone"
    queue = client.get("/v1/review/queue", headers=newsroom.desk.bearer).json()
    assert [card["id"] for card in queue["items"]] == [str(newsroom.ours)]


def test_undoing_too_late_says_so(
    client: TestClient, newsroom: Newsroom, app: FastAPI, now: datetime
) -> None:
    decided = _decide(client, newsroom.desk, newsroom.ours)
    app.dependency_overrides[request.now] = lambda: now + WINDOW
    path = f"/v1/review/decisions/{decided['id']}/undo"
    answer = client.post(path, headers=newsroom.desk.bearer)
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_too_late")


@pytest.mark.parametrize(
    ("change", "code"), [("edit", "edited_meanwhile"), ("withdraw", "withdrawn_meanwhile")]
)
def test_what_changed_on_the_way_is_a_conflict_with_a_code(
    client: TestClient,
    database: Database,
    newsroom: Newsroom,
    *,
    now: datetime,
    change: str,
    code: str,
) -> None:
    with database.transaction() as session:
        comment = session.get_one(Comment, newsroom.ours)
        if change == "edit":
            decisions.edit(session, comment, "Another text.", now=now)
        else:
            decisions.withdraw(session, comment, now=now)
    decided = _decide(client, newsroom.desk, newsroom.ours)
    assert (decided["http"], decided["code"]) == ("409", code)


def test_a_claim_is_renewed_given_back_and_taken_by_the_next(
    client: TestClient, newsroom: Newsroom
) -> None:
    path = f"/v1/review/claims/{newsroom.ours}"
    ours, colleague = newsroom.desk.bearer, newsroom.colleague.bearer
    assert [client.put(path, headers=ours).status_code for _ in range(2)] == [200, 200]
    assert client.put(path, headers=colleague).json()["code"] == "claimed_by_another"
    assert [client.delete(path, headers=ours).status_code for _ in range(2)] == [204, 204]
    assert client.put(path, headers=colleague).status_code == 200
    mine = client.get("/v1/review/claims", headers=colleague).json()
    assert [card["id"] for card in mine] == [str(newsroom.ours)]


@pytest.mark.parametrize("path", ["claims", "claims/{second}"])
def test_no_door_lets_a_moderator_take_more_than_there_can_be(
    client: TestClient, database: Database, newsroom: Newsroom, *, now: datetime, path: str
) -> None:
    with database.transaction() as session:
        ids = [stored_held_comment(session, newsroom.desk.site, now=now).id for _ in range(20)]
    bearer = newsroom.desk.bearer
    for comment_id in ids:
        assert client.put(f"/v1/review/claims/{comment_id}", headers=bearer).status_code == 200
    again = client.put(f"/v1/review/claims/{ids[0]}", headers=bearer)
    assert again.status_code == 200  # keeping is not taking
    method = "put" if "{" in path else "post"
    url = f"/v1/review/{path.format(second=newsroom.ours)}"
    answer = client.request(method, url, json={}, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_claims")


def test_a_rejection_needs_a_reason_on_the_server_too(
    client: TestClient, newsroom: Newsroom
) -> None:
    decided = _decide(client, newsroom.desk, newsroom.ours, status="rejected")
    assert (decided["http"], decided["code"]) == ("422", "reason_required")
    reasons = client.get("/v1/review/sites/border/reasons", headers=newsroom.desk.bearer).json()
    assert reasons[0]["code"] == "insult"
    assert reasons[0]["labels"] == ["toxicity", "insult"]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "withdrawn"},
        {"status": "held"},
        {"revision": 0},
        {"revision": 2**40},
        {"revision": "one"},
        {"note": "a\0b"},
        {"note": "x" * 2001},
        {"replaces": 2**70},
        {"extra": 1},
    ],
)
def test_a_malformed_decision_is_refused(
    client: TestClient, newsroom: Newsroom, changes: dict[str, object]
) -> None:
    decided = _decide(client, newsroom.desk, newsroom.ours, **changes)
    assert (decided["http"], decided["code"]) == ("422", "fields_invalid")


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "f" * 31, "f_gAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_made_up_cursor_is_refused(client: TestClient, newsroom: Newsroom, cursor: str) -> None:
    answer = client.get("/v1/review/queue", params={"cursor": cursor}, headers=newsroom.desk.bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


def _review_routes(app: FastAPI) -> list[tuple[str, str]]:
    paths = app.openapi()["paths"]
    return [
        (method, path)
        for path, operations in paths.items()
        for method in operations
        if path.startswith("/v1/review/") and not path.endswith("/sign-in")
    ]


def test_no_route_lets_anybody_in_without_signing_in(
    client: TestClient, app: FastAPI, newsroom: Newsroom
) -> None:
    for method, path in _review_routes(app):
        url = _filled(path, [newsroom.ours] * 3, "border")
        answer = client.request(method, url, json={"status": "approved", "revision": 1})
        assert answer.status_code == 401, (method, path)


def test_no_route_tells_anything_of_another_site(
    client: TestClient, app: FastAPI, newsroom: Newsroom, now: datetime
) -> None:
    """Every route answers for another site's comment and slug as for what does not exist."""
    nothing = [UUID("01a212e0-0000-7000-8000-000000000000")] * 3
    theirs = [newsroom.theirs, newsroom.their_author, newsroom.their_note]
    for method, path in _review_routes(app):
        if path.endswith("/sign-out"):
            continue
        answers = []
        for ids, slug in ((theirs, "elsewhere"), (nothing, "nowhere")):
            answer = client.request(
                method,
                _filled(path, ids, slug),
                params=_query(path, ids[0], slug, now),
                json=_body(method, path, ids[0], slug),
                headers=newsroom.desk.bearer,
            )
            text = answer.text.replace(str(ids[0]), "…").replace(slug, "…")
            if path.endswith("/bulk"):  # has an id of its own, each time another
                text = text.replace(str(answer.json()["id"]), "…")
            answers.append((answer.status_code, text))
            assert "Their secret." not in answer.text
            assert "Chingiz" not in answer.text
        assert answers[0] == answers[1], (method, path)
        assert answers[0][0] == 404 or path in OWN, (method, path)


def _filled(path: str, ids: list[UUID], slug: str) -> str:
    """Fill in a comment, an author, a note; whatever else there is cannot be guessed."""
    comment_id, author_id, note_id = ids
    named = {
        "{site}": slug,
        "{number}": "7",
        "{author_id}": str(author_id),
        "{note_id}": str(note_id),
    }
    for placeholder in re.findall(r"{\w+}", path):
        path = path.replace(placeholder, named.get(placeholder, str(comment_id)))
    return path


def _query(path: str, comment_id: UUID, slug: str, now: datetime) -> dict[str, str] | None:
    if path.endswith("/changes"):  # of all one's own sites: the comment is simply not there
        return {"since": now.isoformat(), "comments": str(comment_id)}
    if path.endswith("/search"):
        return {"q": "secret", "site": slug}
    if path.endswith("/highlights"):  # of the one that takes a word back
        return {"revision": "1", "start": "0", "end": "5", "label": "insult"}
    if path.endswith("/range"):
        return {"low": "0", "high": "1", "site": slug}
    return {"site": slug} if "{" not in path else None


def _body(method: str, path: str, comment_id: UUID, slug: str) -> object:
    if path == "/v1/review/claims":
        return {"site": slug} if method == "post" else {"comments": [str(comment_id)]}
    judged = {"id": str(comment_id), "revision": 1}
    by_ending: dict[str, object] = {
        "/answer": {"acted": False, "answer": "No."},
        "/escalation": {"note": "Look."},
        "/highlights": {
            "revision": 1,
            "start": 0,
            "end": 5,
            "label": "insult",
            "is_right": True,
        },
        "/notes": {"body": "Look."},
        "/outcome": {"outcome": "upheld", "revision": 1},
        "/plan": {},
        "/rescorings": {"site": slug, "since": "2026-11-01T00:00:00Z"},
        "/rollback": {"site": slug},
        "/runs": {"site": slug},
        "/promote": {},
        "/sanctions": {"kind": "always_hold", "why": "Look."},
        "/bulk": {"comments": [judged], "status": "approved"},
    }
    for ending, body in by_ending.items():
        if path.endswith(ending):
            return body
    return {"status": "approved", "revision": 1}


def test_who_works_on_both_sites_sees_both(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    with database.transaction() as session:
        third = stored_site(session, "third")
        both = stored_desk(session, site=third, now=now)
        for site in (newsroom.desk.site, newsroom.elsewhere.site):
            moderators.add_membership(session, both.moderator, site, Role.MODERATOR, now=now)
    queue = client.get("/v1/review/queue", headers=both.bearer).json()
    assert {card["site"] for card in queue["items"]} == {"border", "elsewhere"}
    one = client.get("/v1/review/queue?site=elsewhere", headers=both.bearer).json()
    assert {card["site"] for card in one["items"]} == {"elsewhere"}
