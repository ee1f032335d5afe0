from datetime import datetime
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.moderators.tables import Role
from service.reports.notice_link import notice_url
from service.reports.tables import Notice
from service.review import escalations
from service.settings import Settings
from service.signed_links import Kind, SignedLinks
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk
from tests.service.reports.saying import a_notice

LAW = "<i>Article 174</i>"


class Case(NamedTuple):
    """A notice on a published comment; who may answer it, and who may not even see it."""

    moderator: Desk
    lead: Desk
    stranger: Desk
    notice: Notice
    token: str


@pytest.fixture
def case(database: Database, settings: Settings, now: datetime) -> Case:
    with database.transaction() as session:
        moderator = stored_desk(session, slug="border", name="Aziza Qodirova", now=now)
        lead = stored_desk(session, site=moderator.site, role=Role.LEAD, now=now)
        stranger = stored_desk(session, slug="elsewhere", role=Role.ADMIN, now=now)
        comment = stored_decided_comment(session, moderator.site, now=now)
        notice = a_notice(session, comment, now, law=LAW)
        token = notice_url(settings, notice).rpartition("/")[2]
        return Case(moderator, lead, stranger, notice, token)


def answer(client: TestClient, desk: Desk, notice: Notice, **sent: object) -> tuple[int, str]:
    path = f"/v1/review/notices/{notice.id}/answer"
    got = client.post(path, json=sent, headers=desk.bearer)
    return got.status_code, got.json().get("code") or got.json()["state"]


def test_who_gave_a_notice_reads_at_once_that_it_came_and_later_what_became_of_it(
    client: TestClient, case: Case
) -> None:
    receipt = client.get(f"/v1/notices/{case.token}").json()
    assert (receipt["id"], receipt["state"], receipt["answer"]) == (
        str(case.notice.id),
        "waiting",
        None,
    )
    said = "It quotes a verdict of the court."
    assert answer(client, case.moderator, case.notice, acted=False, answer=said) == (
        200,
        "not_acted",
    )
    receipt = client.get(f"/v1/notices/{case.token}").json()
    assert (receipt["state"], receipt["answer"]) == ("not_acted", said)
    page = client.get(f"/notices/{case.token}?lang=en").text
    assert said in page
    assert "Aziza" not in page


def test_to_act_takes_the_comment_down(client: TestClient, case: Case, database: Database) -> None:
    assert answer(client, case.moderator, case.notice, acted=True) == (200, "acted")
    with database.transaction() as session:
        assert session.get_one(Comment, case.notice.comment_id).status is Status.REJECTED
    assert answer(client, case.moderator, case.notice, acted=True) == (409, "notice_answered")
    assert client.get("/v1/review/notices", headers=case.lead.bearer).json()["items"] == []


def test_a_notice_on_what_was_left_to_a_lead_is_for_leads(
    client: TestClient, case: Case, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        comment = session.get_one(Comment, case.notice.comment_id)
        decisions.record(
            session, comment, Status.HELD, actor=Actor.POLICY, reason="reported", now=now
        )
        moderator, sites = case.moderator.moderator, case.moderator.site_ids
        escalations.escalate(session, moderator, sites, comment.id, note=None, now=now)
    assert answer(client, case.moderator, case.notice, acted=True) == (403, "left_to_lead")
    assert answer(client, case.lead, case.notice, acted=True) == (200, "acted")


def test_not_to_act_needs_words(client: TestClient, case: Case) -> None:
    assert answer(client, case.moderator, case.notice, acted=False) == (422, "words_unfit")


def test_the_contact_is_for_leads_alone(client: TestClient, case: Case) -> None:
    seen = {}
    for name, desk in (("moderator", case.moderator), ("lead", case.lead)):
        [found] = client.get("/v1/review/notices", headers=desk.bearer).json()["items"]
        assert found["has_contact"]
        seen[name] = found["contact"]
    assert seen == {"moderator": None, "lead": "malika@news.example"}
    for path in (f"/v1/notices/{case.token}", f"/notices/{case.token}"):
        assert "malika" not in client.get(path).text


def test_another_site_sees_nothing_of_a_notice(client: TestClient, case: Case) -> None:
    path = f"/v1/review/notices/{case.notice.id}"
    assert client.get("/v1/review/notices", headers=case.stranger.bearer).json()["items"] == []
    assert client.get(path, headers=case.stranger.bearer).status_code == 404
    assert answer(client, case.stranger, case.notice, acted=True) == (404, "notice_not_found")
    assert client.get(path).status_code == 401


LANGUAGES = {
    "en": "waits for a person",
    "ru": "ждёт",
    "uz-Latn": "kutmoqda",
    "uz-Cyrl": "кутмоқда",
    "kk": "күтіліп",
}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_page_speaks_the_language_and_shows_what_was_sent_as_text(
    client: TestClient, case: Case, tag: str
) -> None:
    page = client.get(f"/notices/{case.token}", params={"lang": tag}).text
    assert LANGUAGES[tag] in page
    assert "&lt;i&gt;Article 174" in page


def test_without_a_wish_the_page_is_in_the_language_of_the_notice(
    client: TestClient, case: Case
) -> None:
    page = client.get(f"/notices/{case.token}", headers={"Accept-Language": "en"})
    assert '<html lang="kk">' in page.text


def test_a_link_to_something_else_opens_no_notice(
    client: TestClient, case: Case, settings: Settings, now: datetime
) -> None:
    links = SignedLinks.of(settings)
    token = links.token(Kind.STATEMENT, case.notice.id, ends_at=now.replace(year=2027))
    for path in (f"/notices/{token}", f"/v1/notices/{token}", f"/notices/{case.notice.id}"):
        assert client.get(path).status_code == 404
