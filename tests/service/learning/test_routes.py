"""Runs, versions, plans and labels set aside, over HTTP and on the page."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select, update

from ml.gate_sentences import OVERTAKEN
from ml.labels import Label
from service.comments import queries as comments
from service.db import Database
from service.examples import highlights, quarantines
from service.examples.origin import Cause, QuarantineState
from service.examples.suspicion import Burst
from service.examples.tables import LabelledExample, RemovedExample
from service.learning import runs
from service.learning import states as learning
from service.learning.errors import TooFewExamples
from service.learning.states import RunState
from service.moderators.tables import Role
from service.registry import actions as registry
from service.registry import queries as versions
from service.registry.tables import Artifact
from tests.factories.moderators import a_token, stored_moderator
from tests.factories.registry import offer
from tests.newsroom import Newsroom, a_newsroom, sayings

Bearer = dict[str, str]


@pytest.fixture
def newsroom(database: Database, now: datetime) -> Newsroom:
    with database.transaction() as session:
        registry.ensure_champion(session, **offer(b"first"), now=now)
        return a_newsroom(session, now=now, slug="border")


def signed_in(database: Database, newsroom: Newsroom, role: Role, *, now: datetime) -> Bearer:
    with database.transaction() as session:
        moderator = stored_moderator(session, newsroom.site, role=role, name="Aziza")
        return {"Authorization": f"Bearer {a_token(session, moderator, now=now)}"}


@pytest.fixture
def lead(database: Database, newsroom: Newsroom, now: datetime) -> Bearer:
    return signed_in(database, newsroom, Role.LEAD, now=now)


@pytest.fixture
def admin(database: Database, newsroom: Newsroom, now: datetime) -> Bearer:
    return signed_in(database, newsroom, Role.ADMIN, now=now)


def second_version(database: Database, *, now: datetime) -> int:
    with database.transaction() as session:
        return registry.register(session, **offer(b"second"), now=now).id


def test_a_run_is_asked_for_once_and_seen_until_it_has_ended(
    client: TestClient, database: Database, lead: Bearer, now: datetime
) -> None:
    asked = client.post("/v1/review/models/runs", json={"site": "border"}, headers=lead)
    assert asked.status_code == 202
    assert (asked.json()["state"], asked.json()["asked_by"]) == ("asked", "Aziza")
    again = client.post("/v1/review/models/runs", json={"site": "border"}, headers=lead)
    assert (again.status_code, again.json()["code"]) == (409, "run_under_way")
    run_id = asked.json()["id"]
    with database.transaction() as session:
        runs.enter(session, UUID(run_id), RunState.SNAPSHOT, now=now)
        runs.enter(session, UUID(run_id), RunState.TRAIN, now=now + timedelta(seconds=3))
        runs.tell(session, UUID(run_id), "learning toxicity", 0.5)
    seen = client.get(f"/v1/review/models/runs/{run_id}", headers=lead).json()
    assert (seen["state"], seen["doing"], seen["stages"]) == (
        "train",
        "learning toxicity",
        {"snapshot": 3.0},
    )
    assert 0.2 < seen["progress"] < 0.4
    report = client.get(f"/v1/review/models/runs/{run_id}/report", headers=lead)
    assert (report.status_code, report.json()["code"]) == (404, "report_missing")


def test_what_decides_is_for_leads_and_changing_it_for_admins(
    client: TestClient, database: Database, newsroom: Newsroom, *, lead: Bearer, admin: Bearer,
    now: datetime,
) -> None:  # fmt: skip
    number = second_version(database, now=now)
    plain = signed_in(database, newsroom, Role.MODERATOR, now=now)
    address = f"/v1/review/models/versions/{number}/promote"
    assert client.get("/v1/review/models/versions", headers=plain).status_code == 403
    listed = client.get("/v1/review/models/versions", headers=lead).json()["items"]
    assert [each["state"] for each in listed] == ["candidate", "champion"]
    refused = client.post(address, json={}, headers=lead)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_too_low")
    promoted = client.post(address, json={"why": "it is better"}, headers=admin)
    assert promoted.json()["state"] == "champion"
    deciding = client.get("/v1/review/models/deciding?site=border", headers=lead).json()
    assert deciding["champion"]["number"] == number
    assert (deciding["promotions"][0]["promoted_by"], deciding["promotions"][0]["why"]) == (
        "Aziza",
        "it is better",
    )
    back = client.post("/v1/review/models/rollback", json={}, headers=admin)
    assert back.json()["number"] == deciding["promotions"][0]["replaced"]


def test_a_model_that_others_share_is_not_one_admins_to_change(
    client: TestClient, database: Database, admin: Bearer, now: datetime
) -> None:
    number = second_version(database, now=now)
    with database.transaction() as session:
        a_newsroom(session, now=now, slug="elsewhere", moderators=1)
    address = f"/v1/review/models/versions/{number}/promote"
    answer = client.post(address, json={}, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (403, "model_shared_by_others")


def test_a_damaged_artifact_is_refused_and_the_champion_goes_on(
    client: TestClient, database: Database, admin: Bearer, now: datetime
) -> None:
    number = second_version(database, now=now)
    with database.transaction() as session:
        champion = versions.champion(session)
        digest = versions.get(session, number).digest
        session.execute(update(Artifact).where(Artifact.digest == digest).values(content=b"secone"))
    answer = client.post(f"/v1/review/models/versions/{number}/promote", json={}, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (409, "artifact_damaged")
    with database.transaction() as session:
        assert versions.champion(session) == champion


def test_a_plan_tightens_the_gate_and_never_loosens_it(client: TestClient, lead: Bearer) -> None:
    address = "/v1/review/models/plan?site=border"
    built_in = client.get(address, headers=lead).json()["built_in_gate"]
    strict = {"schedule": "0 4 * * 1", "gate": {"group_gap": 0.02}, "must_pass": ["Salom, dunyo!"]}
    kept = client.put(address, json=strict, headers=lead).json()
    assert (kept["plan"]["gate"]["group_gap"], kept["changed_by"]) == (0.02, "Aziza")
    loose = {"schedule": "every day", "gate": {"group_gap": built_in["group_gap"] + 0.1}}
    refused = client.put(address, json=loose, headers=lead)
    assert (refused.status_code, refused.json()["code"]) == (422, "plan_invalid")
    loose["gate"] = {}
    pointers = client.put(address, json=loose, headers=lead).json()["errors"]
    assert [each["pointer"] for each in pointers] == ["/schedule"]
    assert client.get(address, headers=lead).json()["plan"]["schedule"] == "0 4 * * 1"


@pytest.fixture
def set_aside(database: Database, newsroom: Newsroom, now: datetime) -> UUID:
    with database.transaction() as session:
        newsroom.decide(session, sayings(20), at=now, by=newsroom.moderators[:1])
        ids = tuple(session.scalars(select(LabelledExample.id)))
        sender = f"moderator:{newsroom.moderators[0]}"
        burst = Burst(sender, Cause.CONTRADICTS, ids, 20, 18, 0.2)
        return quarantines.set_aside(session, newsroom.site.id, burst, now=now).id


def test_labels_set_aside_are_read_released_or_dropped_by_a_lead(
    client: TestClient, database: Database, lead: Bearer, set_aside: UUID
) -> None:
    [listed] = client.get("/v1/review/quarantines?state=open", headers=lead).json()["items"]
    assert (listed["id"], listed["examples"]) == (str(set_aside), 20)
    assert listed["found"]["contradictions"] == 18
    address = f"/v1/review/quarantines/{set_aside}"
    assert len(client.get(address, headers=lead).json()["items"]) == 20
    dropped = client.post(f"{address}/drop", headers=lead).json()
    assert dropped["state"] == QuarantineState.DROPPED
    assert client.post(f"{address}/drop", headers=lead).status_code == 200
    late = client.post(f"{address}/release", headers=lead)
    assert (late.status_code, late.json()["code"]) == (409, "quarantine_settled")
    with database.transaction() as session:
        assert not session.scalars(select(LabelledExample)).all()
        assert len(session.scalars(select(RemovedExample)).all()) == 20


def test_the_page_shows_what_waits_and_a_lead_settles_it_there(
    client: TestClient, lead: Bearer, set_aside: UUID
) -> None:
    client.cookies.set("parley_session", lead["Authorization"].removeprefix("Bearer "))
    page = client.get("/review/models?site=border")
    assert page.status_code == 200
    assert f"/review/models/quarantines/{set_aside}" in page.text
    shown = client.get(f"/review/models/quarantines/{set_aside}")
    csrf = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert csrf
    form = {"csrf": csrf[1], "outcome": "released"}
    origin = {"Origin": "http://127.0.0.1:8000"}
    settled = client.post(
        f"/review/models/quarantines/{set_aside}/settle", data=form, headers=origin
    )
    assert "Released." in settled.text
    asked = client.post(
        "/review/models/retrain", data={"csrf": csrf[1], "site": "border"}, headers=origin
    )
    assert "waits for a worker" in asked.text


_SHARED = "По этой модели решают и чужие сайты"
_REFUSALS = {
    "retrain": (409, "Запуск уже идёт или заказан"),
    "promote": (403, _SHARED),
    "rollback": (403, _SHARED),
}


@pytest.mark.parametrize("form", _REFUSALS)
def test_what_a_form_of_the_page_is_refused_is_said_on_it_in_its_language(
    client: TestClient, database: Database, admin: Bearer, now: datetime, form: str
) -> None:
    number = second_version(database, now=now)
    with database.transaction() as session:
        a_newsroom(session, now=now, slug="elsewhere", moderators=1)
        runs.ask(session, None, cause=learning.Cause.PERSON, now=now)
    russian = {"Accept-Language": "ru", "Origin": "http://127.0.0.1:8000"}
    client.cookies.set("parley_session", admin["Authorization"].removeprefix("Bearer "))
    account = client.get("/review/account", headers=russian).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', account)
    assert csrf
    sent = {"csrf": csrf[1], "site": "border", "number": str(number)}
    answer = client.post(f"/review/models/{form}", data=sent, headers=russian)
    refusal = re.search(r'<p class="refusal" role="alert">(.+?)</p>', answer.text)
    assert refusal
    status, told = _REFUSALS[form]
    assert answer.status_code == status
    assert told in refusal[1]


def test_why_a_run_ended_is_told_in_the_pages_language(
    client: TestClient, database: Database, lead: Bearer, now: datetime
) -> None:
    with database.transaction() as session:
        run = runs.ask(session, None, cause=learning.Cause.PERSON, now=now)
        few = TooFewExamples(40, 3, least=300, least_harmful=50).detail
        runs.end(session, run.id, RunState.REFUSED, why=few, now=now)
        other = runs.begin(session, None, cause=learning.Cause.SCHEDULE, now=now)
        verdict = {"passed": False, "reasons": [OVERTAKEN], "checks": []}
        runs.end(session, other.id, RunState.REFUSED, why=OVERTAKEN, now=now, verdict=verdict)
    client.cookies.set("parley_session", lead["Authorization"].removeprefix("Bearer "))
    page = client.get("/review/models?site=border", headers={"Accept-Language": "ru"}).text
    assert "Примеров для обучения: 40, из них с нарушением: 3." in page
    assert "Действующая версия тем временем сменилась" in page
    assert "first" not in page


def test_a_piece_that_was_called_harmless_is_not_shown_as_if_all_labels_were_denied(
    client: TestClient, database: Database, lead: Bearer, newsroom: Newsroom, now: datetime
) -> None:
    with database.transaction() as session:
        [comment_id] = newsroom.decide(session, [("A kulak farm.", False)], at=now)
        session.execute(delete(LabelledExample))
        comment = comments.lock(session, comment_id)
        said = highlights.say(
            session,
            comment,
            highlights.Span(2, 7),
            Label.SEVERE_TOXICITY,
            is_right=False,
            sender="site",
            now=now,
        )
        burst = Burst("site", Cause.CONTRADICTS, (said.id,), 1, 1, 0.2)
        kept = quarantines.set_aside(session, newsroom.site.id, burst, now=now).id
    client.cookies.set("parley_session", lead["Authorization"].removeprefix("Bearer "))
    page = client.get(f"/review/models/quarantines/{kept}", headers={"Accept-Language": "ru"}).text
    assert "не сильная токсичность" in page
    assert '<td dir="auto">kulak</td>' in page
    assert "Метки из импорта или API" in page
