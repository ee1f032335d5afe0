import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from service import html, request
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.review import settling
from service.review.tables import Claim
from tests.factories.moderators import PASSWORD
from tests.factories.review import Desk, stored_desk, stored_held_comment

WINDOW = timedelta(seconds=8)


class Newsroom(NamedTuple):
    """A moderator, and two held comments, the more urgent one first."""

    desk: Desk
    first: UUID
    second: UUID


@pytest.fixture
def newsroom(database: Database, now: datetime) -> Newsroom:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        body = "<script>alert('first')</script>"
        first = stored_held_comment(session, desk.site, urgency=0.9, body=body, now=now)
        second = stored_held_comment(session, desk.site, urgency=0.5, body="Second.", now=now)
        return Newsroom(desk, first.id, second.id)


KAZAKH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "Sign in"
msgstr "Кіру"
"""


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def _signed_in(client: TestClient, newsroom: Newsroom) -> str:
    """Sign in through the form; return the page's token."""
    form = client.get("/review/sign-in").text
    sent = {"email": newsroom.desk.moderator.email, "password": PASSWORD, "csrf": _csrf(form)}
    page = client.post("/review/sign-in", data=sent)
    assert page.status_code == 200
    return _csrf(client.get("/review/plain").text)


def test_the_page_is_behind_sign_in_and_leads_back(client: TestClient, newsroom: Newsroom) -> None:
    answer = client.get("/review/plain", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/review/sign-in?next=/review/plain",
    )
    form = client.get(answer.headers["location"]).text
    assert 'name="next" value="/review/plain"' in form
    assert newsroom


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/review\\@evil"])
def test_signing_in_never_leads_elsewhere(client: TestClient, next_: str) -> None:
    form = client.get("/review/sign-in", params={"next": next_}).text
    assert 'name="next" value="/review"' in form


def test_a_wrong_password_shows_the_form_again_with_a_sentence(
    client: TestClient, newsroom: Newsroom
) -> None:
    form = client.get("/review/sign-in").text
    sent = {"email": newsroom.desk.moderator.email, "password": "wrong", "csrf": _csrf(form)}
    page = client.post("/review/sign-in", data=sent)
    assert page.status_code == 401
    assert "The e-mail address or the password is wrong." in page.text


def test_a_form_of_another_site_signs_nobody_in(client: TestClient, newsroom: Newsroom) -> None:
    sent = {"email": newsroom.desk.moderator.email, "password": PASSWORD, "csrf": "0" * 64}
    answer = client.post("/review/sign-in", data=sent, follow_redirects=False)
    assert answer.status_code == 403
    assert "parley_session" not in answer.cookies


def test_the_basic_loop_works_without_a_script(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    csrf = _signed_in(client, newsroom)
    page = client.post("/review/plain/next", data={"csrf": csrf}).text
    assert "&lt;script&gt;alert(" in page  # the text of a comment is text
    sent = {"csrf": csrf, "comment": str(newsroom.first), "revision": "1", "note": "Vile."}
    page = client.post("/review/plain/decide", data=sent | {"outcome": "rejected:insult"}).text
    assert "Second." in page
    assert "Rejected." in page
    sent = {"csrf": csrf, "comment": str(newsroom.second), "revision": "1", "outcome": "approved"}
    assert "You have no comment in hand." in client.post("/review/plain/decide", data=sent).text
    with database.transaction() as session:
        settling.settle_due(session, now=now + WINDOW)
        assert session.get_one(Comment, newsroom.first).status is Status.REJECTED
        assert session.get_one(Comment, newsroom.second).status is Status.APPROVED


@pytest.fixture
def full_hand(database: Database, newsroom: Newsroom, now: datetime) -> list[UUID]:
    """Return as many comments as one moderator may have in hand, all in hand."""
    lease = timedelta(minutes=2)
    with database.transaction() as session:
        ids = [
            stored_held_comment(session, newsroom.desk.site, urgency=1.0, now=now).id
            for _ in range(20)
        ]
        for comment_id in ids:
            session.add(
                Claim(
                    comment_id=comment_id,
                    moderator_id=newsroom.desk.moderator.id,
                    claimed_at=now,
                    expires_at=now + lease,
                )
            )
    return ids


def _in_hand(database: Database) -> set[UUID]:
    with database.transaction() as session:
        return set(session.scalars(select(Claim.comment_id)))


def test_the_page_hands_out_no_more_than_there_can_be(
    client: TestClient, database: Database, newsroom: Newsroom, full_hand: list[UUID]
) -> None:
    csrf = _signed_in(client, newsroom)
    page = client.post("/review/plain/next", data={"csrf": csrf})
    assert page.status_code == 409
    assert "the most there can be" in page.text
    assert _in_hand(database) == set(full_hand)


def test_deciding_what_is_not_in_hand_takes_no_other_into_a_full_one(
    client: TestClient, database: Database, newsroom: Newsroom, full_hand: list[UUID]
) -> None:
    csrf = _signed_in(client, newsroom)
    sent = {"csrf": csrf, "comment": str(newsroom.first), "revision": "1", "outcome": "approved"}
    assert client.post("/review/plain/decide", data=sent).status_code == 200
    assert _in_hand(database) == {*full_hand, newsroom.first}  # this one is kept until it settles


def test_undoing_brings_the_comment_back_in_hand(client: TestClient, newsroom: Newsroom) -> None:
    csrf = _signed_in(client, newsroom)
    client.post("/review/plain/next", data={"csrf": csrf})
    sent = {"csrf": csrf, "comment": str(newsroom.first), "revision": "1", "outcome": "approved"}
    page = client.post("/review/plain/decide", data=sent).text
    decision = re.search(r'name="decision" value="([0-9a-f-]{36})"', page)
    assert decision
    page = client.post("/review/plain/undo", data={"csrf": csrf, "decision": decision[1]}).text
    assert "&lt;script&gt;alert(" in page
    assert "undone" in page


def test_undoing_too_late_shows_a_sentence(
    client: TestClient, app: FastAPI, newsroom: Newsroom, now: datetime
) -> None:
    csrf = _signed_in(client, newsroom)
    client.post("/review/plain/next", data={"csrf": csrf})
    sent = {"csrf": csrf, "comment": str(newsroom.first), "revision": "1", "outcome": "approved"}
    page = client.post("/review/plain/decide", data=sent).text
    decision = re.search(r'name="decision" value="([0-9a-f-]{36})"', page)
    assert decision
    app.dependency_overrides[request.now] = lambda: now + WINDOW
    late = client.post("/review/plain/undo", data={"csrf": csrf, "decision": decision[1]})
    assert late.status_code == 409
    assert "It is too late to undo" in late.text


def test_what_was_withdrawn_on_the_screen_shows_a_sentence(
    client: TestClient, database: Database, newsroom: Newsroom, now: datetime
) -> None:
    csrf = _signed_in(client, newsroom)
    client.post("/review/plain/next", data={"csrf": csrf})
    with database.transaction() as session:
        decisions.withdraw(session, session.get_one(Comment, newsroom.first), now=now)
    sent = {"csrf": csrf, "comment": str(newsroom.first), "revision": "1", "outcome": "approved"}
    page = client.post("/review/plain/decide", data=sent)
    assert page.status_code == 409
    assert "has been withdrawn" in page.text
    assert "You have no comment in hand." in page.text


@pytest.mark.parametrize("path", ["next", "decide", "release", "undo"])
def test_every_form_carries_the_sessions_token(
    client: TestClient, newsroom: Newsroom, path: str
) -> None:
    _signed_in(client, newsroom)
    sent = {"comment": str(newsroom.first), "revision": "1", "outcome": "approved"}
    sent |= {"decision": str(newsroom.first), "csrf": "0" * 64}
    assert client.post(f"/review/plain/{path}", data=sent).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": "x"},
        {"revision": "-1"},
        {"outcome": "banned"},
        {"outcome": "rejected"},
        {"note": "a\0b"},
        {"note": "x" * 2001},
    ],
)
def test_a_form_filled_by_hand_is_refused_with_a_page(
    client: TestClient, newsroom: Newsroom, changes: dict[str, str]
) -> None:
    csrf = _signed_in(client, newsroom)
    sent = {"csrf": csrf, "comment": str(newsroom.first), "revision": "1", "outcome": "approved"}
    answer = client.post("/review/plain/decide", data=sent | changes)
    assert answer.status_code in {409, 422}
    assert "<main" in answer.text


def test_pages_allow_no_script_of_others_and_are_not_kept(client: TestClient) -> None:
    page = client.get("/review/sign-in")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "<style" not in page.text
    assert "style=" not in page.text


def test_files_of_the_pages_are_kept_for_good_under_their_digest(client: TestClient) -> None:
    address = re.search(r'href="(/ui/[0-9a-f]{12}/base\.css)"', client.get("/review/sign-in").text)
    assert address
    answer = client.get(address[1])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_a_page_says_the_language_that_it_is_in(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kk.po").write_text(KAZAKH, encoding="utf-8")
    monkeypatch.setattr(html, "_CATALOGUES", tmp_path)
    for asked, language in (("kk-KZ,ru;q=0.8", "kk"), ("ru, kk;q=0.5", "kk"), ("ru-RU", "en")):
        page = client.get("/review/sign-in", headers={"Accept-Language": asked}).text
        assert f'<html lang="{language}">' in page
        assert ("Кіру" in page) == (language == "kk")


def test_a_page_whose_language_we_have_no_catalogue_of_is_english(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(html, "_CATALOGUES", tmp_path)
    for asked in ("ru", "uz", "kk", "fr"):
        client.cookies.set("parley_language", asked)
        page = client.get("/review/sign-in", headers={"Accept-Language": asked}).text
        assert '<html lang="en">' in page


@pytest.mark.parametrize(
    "silence",
    [
        OperationalError("SELECT 1", {}, Exception("connection refused")),
        InterfaceError("SELECT 1", {}, Exception("connection already closed")),
        NoConnectionFree("QueuePool limit reached"),
    ],
)
def test_a_page_whose_database_is_silent_says_so(
    client: TestClient, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, silence: Exception
) -> None:
    _signed_in(client, newsroom)

    def nothing(*_: object) -> None:
        raise silence

    monkeypatch.setattr(Session, "execute", nothing)
    answer = client.get("/review/plain")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "<main" in answer.text
    assert "does not answer" in answer.text
    assert "SELECT" not in answer.text
