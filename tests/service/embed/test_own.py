"""A reader's own comments."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from httpx2 import Response
from sqlalchemy import select

from service.comments.status import Status
from service.comments.tables import Revision
from service.db import Database
from service.decisions.tables import Actor, Decision
from tests.service.embed.conftest import ARTICLE, Clock, Decide, Json, Page, Prefer, comment_of


def _own(page: Page, *sent: Json) -> list[Json]:
    answer = page.post(
        "/own", {"comments": [{"id": each["id"], "token": each["token"]} for each in sent]}
    )
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


def _edit(page: Page, sent: Json, body: str = "Another.", **changes: object) -> Response:
    letter = {"token": sent["token"], "body": body, **changes}
    return page.call("PUT", f"/comments/{sent['id']}", json=letter)


def _withdraw(page: Page, sent: Json, token: str | None = None) -> Response:
    headers = {"X-Reader-Token": token or sent["token"]}
    return page.call("DELETE", f"/comments/{sent['id']}", headers=headers)


def _refusal(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_whoever_has_the_token_sees_how_the_comment_stands(page: Page, decide: Decide) -> None:
    first = page.send(body="First.")
    second = page.send(body="Second.", parent_id=first["id"])
    decide(second["id"], Status.REJECTED)
    newest, oldest = _own(page, first, second)
    assert newest == {
        "id": second["id"],
        "article_id": ARTICLE["id"],
        "parent_id": first["id"],
        "thread_id": first["id"],
        "status": "rejected",
        "author_name": "Malika",
        "body": "Second.",
        "edited": False,
        "created_at": second["created_at"],
        "edit_until": None,
        "withdraw_until": newest["withdraw_until"],
        "statement_url": newest["statement_url"],
    }
    assert "/statements/" in newest["statement_url"]
    assert (oldest["id"], oldest["status"], oldest["statement_url"]) == (
        first["id"],
        "pending",
        None,
    )
    sent_at = datetime.fromisoformat(first["created_at"])
    assert datetime.fromisoformat(oldest["withdraw_until"]) - sent_at == timedelta(days=1)
    assert datetime.fromisoformat(first["edit_until"]) - sent_at == timedelta(minutes=5)


def test_nobody_else_does(page: Page, elsewhere: Page) -> None:
    mine, other = page.send(), page.send(body="Other.")
    swapped = {**mine, "token": other["token"]}
    guessed = {"id": str(uuid4()), "token": mine["token"]}
    assert _own(page, swapped, guessed) == []
    assert _own(elsewhere, mine) == []


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "/comments"),
        ({"comments": []}, "/comments"),
        ({"comments": [{"id": str(uuid4()), "token": "x" * 22}] * 51}, "/comments"),
        ({"comments": [{"id": "1", "token": "x" * 22}]}, "/comments/0/id"),
        ({"comments": [{"id": str(uuid4()), "token": "x"}]}, "/comments/0/token"),
        ({"comments": [{"id": str(uuid4())}]}, "/comments/0/token"),
    ],
)
def test_a_list_that_is_none_is_refused(page: Page, sent: Json, pointer: str) -> None:
    answer = page.post("/own", sent)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_a_token_may_have_any_letters(page: Page) -> None:
    sent = page.send()
    assert _own(page, {**sent, "token": "ж" * 22}) == []


def test_an_edit_is_decided_again_and_the_trail_says_by_whom(
    page: Page, decide: Decide, database: Database
) -> None:
    sent = page.send(body="Before.")
    decide(sent["id"], Status.APPROVED)
    answer = _edit(page, sent, " After. ")
    assert answer.status_code == 200
    edited = answer.json()
    assert (edited["status"], edited["body"], edited["edited"]) == ("pending", "After.", True)
    with database.transaction() as session:
        newest = session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()
        kept = session.scalars(select(Revision)).one()
    assert (newest.actor, newest.reason) == (Actor.AUTHOR, "edited")
    assert kept.body == "Before."


def test_the_time_to_edit_is_the_sites(page: Page, prefer: Prefer, clock: Clock) -> None:
    prefer(edit_window=60)
    sent = page.send()
    clock.pass_(seconds=59)
    assert _edit(page, sent).status_code == 200
    clock.pass_(seconds=1)
    assert _refusal(_edit(page, sent, "Too late.")) == (409, "edit_window_over")
    assert _own(page, sent)[0]["edit_until"] is None


def test_a_site_may_let_nobody_edit(page: Page, prefer: Prefer) -> None:
    prefer(edit_window=0, withdraw_window=0)
    sent = page.send()
    assert (sent["edit_until"], sent["withdraw_until"]) == (None, None)
    assert _refusal(_edit(page, sent)) == (409, "edit_window_over")
    assert _refusal(_withdraw(page, sent)) == (409, "withdraw_window_over")


def test_what_is_rejected_cannot_be_edited_away(page: Page, decide: Decide) -> None:
    sent = page.send()
    decide(sent["id"], Status.REJECTED)
    assert _refusal(_edit(page, sent)) == (409, "edit_window_over")


@pytest.mark.parametrize(
    ("body", "code"),
    [(" ", "body_empty"), ("x" * 1501, "body_too_long"), ("a\0", "body_has_unfit_character")],
)
def test_an_edit_that_could_not_be_a_comment_is_refused(page: Page, body: str, code: str) -> None:
    assert _refusal(_edit(page, page.send(), body)) == (422, code)


def test_nobody_edits_or_withdraws_anothers_comment(page: Page, elsewhere: Page) -> None:
    mine, other = page.send(), page.send(body="Other.")
    assert _refusal(_edit(page, {**mine, "token": other["token"]})) == (403, "token_wrong")
    assert _refusal(_withdraw(page, mine, other["token"])) == (403, "token_wrong")
    unheard = {"id": str(uuid4()), "token": mine["token"]}
    assert _refusal(_edit(page, unheard)) == (403, "token_wrong")
    assert _refusal(_edit(elsewhere, mine)) == (404, "comment_not_found")
    assert _refusal(_withdraw(elsewhere, mine)) == (404, "comment_not_found")


def test_a_withdrawn_comment_is_erased(
    page: Page, decide: Decide, database: Database, clock: Clock
) -> None:
    sent = page.send(body="Gone.")
    decide(sent["id"], Status.APPROVED)
    answer = _withdraw(page, sent)
    assert answer.status_code == 200
    gone = answer.json()
    assert (gone["status"], gone["body"], gone["author_name"]) == ("withdrawn", "", "")
    assert (gone["edit_until"], gone["withdraw_until"]) == (None, None)
    clock.pass_(days=30)
    assert _withdraw(page, sent).json() == gone
    assert _refusal(_edit(page, sent)) == (410, "comment_withdrawn")
    with database.transaction() as session:
        stored = comment_of(session, sent)
        newest = session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()
    assert (stored.body, stored.reader_network) == ("", None)
    assert newest.actor is Actor.AUTHOR
    assert _own(page, sent)[0]["status"] == "withdrawn"


def test_the_time_to_withdraw_is_the_sites(page: Page, prefer: Prefer, clock: Clock) -> None:
    prefer(withdraw_window=3600)
    sent = page.send()
    clock.pass_(hours=1)
    assert _refusal(_withdraw(page, sent)) == (409, "withdraw_window_over")


def test_withdrawing_takes_a_token(page: Page) -> None:
    sent = page.send()
    answer = page.call("DELETE", f"/comments/{sent['id']}")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/X-Reader-Token", "detail": "is required"}]
