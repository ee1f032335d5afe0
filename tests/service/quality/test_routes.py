from datetime import datetime
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from service.comments.status import Status
from service.db import Database
from service.moderators.tables import Role
from service.quality import actions
from service.quality.rules import Opinion
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk
from tests.service.quality.test_actions import claimed

PATH = "/v1/review/quality"


class Case(NamedTuple):
    """A site with twenty audited decisions, its lead and a moderator; the lead of another."""

    lead: Desk
    moderator: Desk
    stranger: Desk


@pytest.fixture
def case(database: Database, now: datetime) -> Case:
    with database.transaction() as session:
        lead = stored_desk(session, slug="border", role=Role.LEAD, now=now)
        moderator = stored_desk(session, site=lead.site, now=now)
        stranger = stored_desk(session, slug="elsewhere", role=Role.LEAD, now=now)
        lead.site.preferences = {"audit_share": 1.0}
        for number in range(20):
            comment = stored_decided_comment(session, lead.site, now=now)
            actions.draw(session, [claimed(comment)], judged_twice=0.0, now=now)
            verdict = Status.REJECTED if number == 0 else Status.APPROVED
            opinion = Opinion(comment.id, moderator.moderator.id, verdict, None, now, 1)
            actions.second_opinion(session, [opinion], now=now)
        return Case(lead, moderator, stranger)


def test_a_lead_reads_how_good_the_decisions_are(client: TestClient, case: Case) -> None:
    found = client.get(PATH, params={"site": "border"}, headers=case.lead.bearer).json()
    assert found["missed"]["value"] == pytest.approx(0.05)
    assert found["missed"]["low"] < 0.05 < found["missed"]["high"]
    assert found["missed"]["count"] == 20
    assert found["precision"] == {"value": None, "low": 0.0, "high": 1.0, "count": 0}
    assert found["confidence"] == 0.95
    assert [each["name"] for each in found["by_reason"]] == ["clear"]


@pytest.mark.parametrize(
    ("who", "site", "status"),
    [
        ("moderator", "border", 403),
        ("stranger", "border", 404),
        ("lead", "elsewhere", 404),
        ("lead", "nowhere", 404),
    ],
)
def test_nobody_else_does(client: TestClient, case: Case, who: str, site: str, status: int) -> None:
    bearer = getattr(case, who).bearer
    assert client.get(PATH, params={"site": site}, headers=bearer).status_code == status


def test_without_signing_in_there_is_nothing_to_read(client: TestClient, case: Case) -> None:
    assert client.get(PATH, params={"site": case.lead.site.slug}).status_code == 401
    page = client.get("/review/quality", follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (
        303,
        "/review/sign-in?next=/review/quality",
    )


@pytest.mark.parametrize("days", ["0", "367", "many"])
def test_a_span_that_makes_no_sense_is_refused(client: TestClient, case: Case, days: str) -> None:
    params = {"site": "border", "days": days}
    assert client.get(PATH, params=params, headers=case.lead.bearer).status_code == 422


def signed_in(client: TestClient, desk: Desk) -> TestClient:
    client.cookies.set("parley_session", desk.bearer["Authorization"].removeprefix("Bearer "))
    return client


def test_the_page_shows_each_number_with_its_range(client: TestClient, case: Case) -> None:
    page = signed_in(client, case.lead).get("/review/quality?site=border")
    assert page.status_code == 200
    assert "5.0 %" in page.text
    assert "from 20 judgements" in page.text
    assert 'class="range"' in page.text
    assert "style=" not in page.text, "the page's policy allows no style in the markup"


def test_the_page_is_for_leads(client: TestClient, case: Case) -> None:
    assert signed_in(client, case.moderator).get("/review/quality").status_code == 403


@pytest.mark.parametrize("language", ["kk", "ru", "uz"])
def test_the_page_tells_ranges_in_every_language(
    client: TestClient, case: Case, language: str
) -> None:
    page = signed_in(client, case.lead).get(
        "/review/quality?site=border", headers={"Accept-Language": language}
    )
    assert page.status_code == 200
    assert "judgements" not in page.text
