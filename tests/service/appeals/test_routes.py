from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service import request
from service.comments.statement_link import statement_url
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.settings import Settings
from service.signed_links import Kind, SignedLinks
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk

MARKUP = "<b>bold</b> & <script>alert(1)</script>"


class Case(NamedTuple):
    """A comment that Aziza rejected; its author's link; a colleague and a stranger."""

    aziza: Desk
    baurzhan: Desk
    stranger: Desk
    comment_id: UUID
    token: str

    @property
    def page(self) -> str:
        return f"/statements/{self.token}"

    @property
    def json(self) -> str:
        return f"/v1/statements/{self.token}"


@pytest.fixture
def case(database: Database, settings: Settings, now: datetime) -> Case:
    with database.transaction() as session:
        aziza = stored_desk(session, slug="border", name="Aziza Qodirova", now=now)
        baurzhan = stored_desk(session, site=aziza.site, name="Baurzhan", now=now)
        stranger = stored_desk(session, slug="elsewhere", name="Chingiz", now=now)
        comment = stored_decided_comment(
            session,
            aziza.site,
            Status.REJECTED,
            by=aziza.moderator,
            reason="insult",
            sentence="The comment belittles a person or a group of people.",
            now=now,
            changes={"body": MARKUP, "language_hint": "uz-Cyrl"},
        )
        url = statement_url(settings, comment)
        assert url is not None
        return Case(aziza, baurzhan, stranger, comment.id, url.rpartition("/")[2])


def appeal(client: TestClient, case: Case, text: str = "I quoted him.") -> dict[str, Any]:
    answer = client.post(f"{case.json}/appeal", json={"text": text, "language": "kk"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def waiting(client: TestClient, desk: Desk) -> list[dict[str, Any]]:
    return list(client.get("/v1/review/appeals", headers=desk.bearer).json()["items"])


def test_the_author_reads_why_appeals_and_reads_the_outcome(client: TestClient, case: Case) -> None:
    stated = client.get(case.json, params={"lang": "ru"}).json()
    assert (stated["status"], stated["decided_by"], stated["ground"]) == (
        "rejected",
        "moderator",
        "site_policy",
    )
    assert stated["reasons"] == [
        {"code": "insult", "sentence": "Комментарий унижает человека или группу людей."}
    ]
    assert appeal(client, case)["appeal"]["state"] == "waiting"
    [found] = waiting(client, case.baurzhan)
    assert (found["text"], found["body"], found["reason"]) == ("I quoted him.", MARKUP, "insult")
    sent = {"outcome": "overturned", "revision": found["revision"], "answer": "Indeed."}
    path = f"/v1/review/appeals/{found['id']}/outcome"
    decided = client.post(path, json=sent, headers=case.baurzhan.bearer)
    assert (decided.status_code, decided.json()["state"]) == (200, "overturned")
    stated = client.get(case.json).json()
    assert (stated["status"], stated["appeal"]["answer"]) == ("approved", "Indeed.")
    assert waiting(client, case.baurzhan) == []


def test_no_person_is_named_in_a_statement(client: TestClient, case: Case) -> None:
    appeal(client, case)
    for answer in (client.get(case.json), client.get(case.page)):
        assert "Aziza" not in answer.text
        assert str(case.aziza.moderator.id) not in answer.text


def test_who_rejected_it_sees_no_appeal_and_may_not_decide_it(
    client: TestClient, case: Case
) -> None:
    appeal(client, case)
    assert waiting(client, case.aziza) == []
    [found] = waiting(client, case.baurzhan)
    path = f"/v1/review/appeals/{found['id']}/outcome"
    sent = {"outcome": "upheld", "revision": 1}
    refused = client.post(path, json=sent, headers=case.aziza.bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_decision")


def test_another_sites_moderator_can_neither_see_nor_decide_an_appeal(
    client: TestClient, case: Case
) -> None:
    appeal(client, case)
    assert waiting(client, case.stranger) == []
    [found] = waiting(client, case.baurzhan)
    path = f"/v1/review/appeals/{found['id']}/outcome"
    sent = {"outcome": "overturned", "revision": 1}
    refused = client.post(path, json=sent, headers=case.stranger.bearer)
    assert (refused.status_code, refused.json()["code"]) == (404, "appeal_not_found")
    answer = client.get("/v1/review/appeals?site=border", headers=case.stranger.bearer)
    assert answer.status_code == 404


def test_an_appeal_needs_a_moderator_to_be_decided(client: TestClient, case: Case) -> None:
    appeal(client, case)
    [found] = waiting(client, case.baurzhan)
    path = f"/v1/review/appeals/{found['id']}/outcome"
    assert client.post(path, json={"outcome": "overturned", "revision": 1}).status_code == 401


def test_a_second_appeal_is_refused_in_words(client: TestClient, case: Case) -> None:
    appeal(client, case)
    again = client.post(f"{case.json}/appeal", json={"text": "Another."})
    assert (again.status_code, again.json()["code"]) == (409, "already_appealed")


@pytest.mark.parametrize("sent", [{"text": ""}, {"text": "w" * 1001}, {}, {"text": "a", "x": 1}])
def test_an_appeal_that_cannot_be_kept_says_which_field_is_wrong(
    client: TestClient, case: Case, sent: dict[str, object]
) -> None:
    refused = client.post(f"{case.json}/appeal", json=sent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("/")


def test_a_token_that_was_not_given_opens_nothing(
    client: TestClient, case: Case, settings: Settings, now: datetime
) -> None:
    links, ends_at = SignedLinks.of(settings), now + timedelta(days=1)
    notices = links.token(Kind.NOTICE, case.comment_id, ends_at=ends_at)
    nobody = links.token(Kind.STATEMENT, UUID(int=7), ends_at=ends_at)
    for token in (notices, nobody, case.token[:-1], str(case.comment_id), "x" * 51):
        for answer in (client.get(f"/v1/statements/{token}"), client.get(f"/statements/{token}")):
            assert answer.status_code == 404, token


def test_a_comment_that_was_never_rejected_has_no_statement(
    client: TestClient, case: Case, database: Database, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        published = stored_decided_comment(session, case.aziza.site, now=now)
        assert statement_url(settings, published) is None
    ends_at = now + timedelta(days=1)
    token = SignedLinks.of(settings).token(Kind.STATEMENT, published.id, ends_at=ends_at)
    assert client.get(f"/v1/statements/{token}").status_code == 404


def test_a_link_ends(app: FastAPI, client: TestClient, case: Case, now: datetime) -> None:
    app.dependency_overrides[request.now] = lambda: now + timedelta(days=366)
    assert client.get(case.json).json()["code"] == "link_expired"
    assert client.get(case.page).status_code == 410


LANGUAGES = {
    "en": "belittles",
    "ru": "унижает",
    "uz-Latn": "kamsitadi",
    "uz-Cyrl": "камситади",
    "kk": "кемсітеді",
}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_page_is_in_the_language_that_is_asked_for(
    client: TestClient, case: Case, tag: str
) -> None:
    page = client.get(case.page, params={"lang": tag})
    assert page.status_code == 200
    assert f'<html lang="{tag}">' in page.text
    assert LANGUAGES[tag] in page.text


def test_without_a_wish_the_page_is_in_the_browsers_language_or_the_comments(
    client: TestClient, case: Case
) -> None:
    kazakh = client.get(case.page, headers={"Accept-Language": "kk, ru;q=0.5"})
    assert '<html lang="kk">' in kazakh.text
    unknown = client.get(case.page, headers={"Accept-Language": "de"})
    assert '<html lang="uz-Cyrl">' in unknown.text


def test_what_the_author_wrote_is_text_on_the_page(client: TestClient, case: Case) -> None:
    client.post(case.page, data={"text": MARKUP})
    page = client.get(case.page).text
    assert "<script>" not in page
    assert page.count("&lt;script&gt;alert(1)") == 2


def test_the_form_of_the_page_appeals(client: TestClient, case: Case) -> None:
    sent = client.post(
        case.page, params={"lang": "ru"}, data={"text": "Я цитировал."}, follow_redirects=False
    )
    assert sent.status_code == 303
    assert sent.headers["location"].endswith("?lang=ru#appeal")
    page = client.get(case.page, params={"lang": "ru"}).text
    assert "Ваша жалоба пришла" in page
    assert "<form" not in page
    assert waiting(client, case.baurzhan)[0]["language"] == "ru"


@pytest.mark.parametrize(("text", "said"), [(" ", "Write why"), ("w" * 1001, "1001")])
def test_the_form_says_what_is_wrong_and_keeps_what_was_written(
    client: TestClient, case: Case, text: str, said: str
) -> None:
    page = client.post(case.page, params={"lang": "en"}, data={"text": text})
    assert page.status_code == 422
    assert said in page.text
    assert f"{text}</textarea>" in page.text


def test_the_form_sent_twice_shows_the_appeal_that_was_made(client: TestClient, case: Case) -> None:
    for text in ("First.", "Second."):
        page = client.post(case.page, params={"lang": "en"}, data={"text": text})
        assert "First." in page.text
        assert "Second." not in page.text


def test_nothing_of_a_withdrawn_comment_is_on_the_page(
    client: TestClient, case: Case, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        decisions.withdraw(session, session.get_one(Comment, case.comment_id), now=now)
    page = client.get(case.page, params={"lang": "en"})
    assert page.status_code == 200
    assert "withdrawn" in page.text
    assert "bold" not in page.text


def test_the_page_is_not_for_search_engines_nor_for_caches(client: TestClient, case: Case) -> None:
    page = client.get(case.page)
    assert '<meta name="robots" content="noindex, nofollow">' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
