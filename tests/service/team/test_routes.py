"""Leads and admins look after a site: its people, programs, keys and settings."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.comments.status import Status
from service.db import Database
from service.moderators.tables import Role
from service.review.tables import Claim
from service.sites import log
from service.sites.tables import ChangeKind
from service.team import actions
from service.team.actor import Actor
from tests.factories.comments import stored_comment
from tests.factories.moderators import a_token, stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk
from tests.service.reports.saying import a_notice

_TEAM = "/v1/review/sites/border"


@pytest.fixture
def lead(database: Database, now: datetime) -> Desk:
    with database.transaction() as session:
        return stored_desk(session, now=now, role=Role.LEAD, name="Lola")


def _colleague(database: Database, desk: Desk, role: Role, *, now: datetime) -> Desk:
    with database.transaction() as session:
        return stored_desk(session, now=now, site=desk.site, role=role, name=role.title())


def _role_of(client: TestClient, desk: Desk, moderator_id: object) -> str | None:
    team = client.get(f"{_TEAM}/team", headers=desk.bearer).json()
    roles = {each["id"]: each["role"] for each in team["members"]}
    return roles.get(str(moderator_id))


def _invite(client: TestClient, desk: Desk, email: str, role: str = "moderator") -> Any:  # noqa: ANN401 - a response
    sent = {"email": email, "role": role}
    return client.post(f"{_TEAM}/invitations", headers=desk.bearer, json=sent)


def test_an_invitation_is_a_link_that_is_shown_once(client: TestClient, lead: Desk) -> None:
    invited = _invite(client, lead, "Aziza@News.example")
    assert invited.status_code == 201
    assert invited.json()["url"].startswith("http://127.0.0.1:8000/review/welcome/")
    [listed] = client.get(f"{_TEAM}/team", headers=lead.bearer).json()["invitations"]
    assert listed == invited.json()["invitation"]
    assert (listed["email"], listed["role"]) == ("aziza@news.example", "moderator")


def test_an_invitation_made_again_ends_the_one_before(client: TestClient, lead: Desk) -> None:
    _invite(client, lead, "aziza@news.example")
    again = _invite(client, lead, "aziza@news.example", "lead").json()
    [listed] = client.get(f"{_TEAM}/team", headers=lead.bearer).json()["invitations"]
    assert listed["id"] == again["invitation"]["id"]


def test_an_invitation_is_taken_back_once(client: TestClient, lead: Desk) -> None:
    invited = _invite(client, lead, "aziza@news.example").json()
    path = f"{_TEAM}/invitations/{invited['invitation']['id']}"
    assert client.delete(path, headers=lead.bearer).status_code == 204
    again = client.delete(path, headers=lead.bearer)
    assert (again.status_code, again.json()["code"]) == (404, "link_not_good")


def test_who_works_here_is_not_invited(client: TestClient, lead: Desk) -> None:
    refused = _invite(client, lead, lead.moderator.email)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_member")


def test_an_address_with_an_account_elsewhere_is_invited_as_any_other(
    client: TestClient, lead: Desk, database: Database
) -> None:
    with database.transaction() as session:
        stored_moderator(session, email="known@elsewhere.example")
    known, unknown = (
        _invite(client, lead, email).json()
        for email in ("known@elsewhere.example", "new@elsewhere.example")
    )
    for answer in (known, unknown):
        del answer["url"], answer["invitation"]["id"], answer["invitation"]["email"]
    assert known == unknown


def test_a_lead_makes_no_admin_and_touches_none(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    admin = _colleague(database, lead, Role.ADMIN, now=now).moderator.id
    colleague = _colleague(database, lead, Role.MODERATOR, now=now).moderator.id
    member = f"{_TEAM}/members"
    refused = [
        _invite(client, lead, "aziza@news.example", "admin"),
        client.put(f"{member}/{colleague}", headers=lead.bearer, json={"role": "admin"}),
        client.put(f"{member}/{admin}", headers=lead.bearer, json={"role": "moderator"}),
        client.delete(f"{member}/{admin}", headers=lead.bearer),
    ]
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (403, "role_too_low")
        assert "role of a admin" not in answer.json()["detail"]
    assert _role_of(client, lead, admin) == "admin"
    assert _role_of(client, lead, colleague) == "moderator"


def test_a_role_is_given_and_written_down(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    colleague = _colleague(database, lead, Role.MODERATOR, now=now).moderator
    path = f"{_TEAM}/members/{colleague.id}"
    assert client.put(path, headers=lead.bearer, json={"role": "lead"}).status_code == 204
    assert _role_of(client, lead, colleague.id) == "lead"
    with database.transaction() as session:
        [line] = log.newest(session, lead.site.id, limit=10)
    assert (line.kind, line.changed_by) == (ChangeKind.ROLE_CHANGED, lead.moderator.email)
    assert line.details == {"email": colleague.email, "before": "moderator", "role": "lead"}


def test_nobody_changes_the_own_role_or_leaves_by_mistake(client: TestClient, lead: Desk) -> None:
    path = f"{_TEAM}/members/{lead.moderator.id}"
    changed = client.put(path, headers=lead.bearer, json={"role": "moderator"})
    removed = client.delete(path, headers=lead.bearer)
    for answer in (changed, removed):
        assert (answer.status_code, answer.json()["code"]) == (409, "own_membership")


def test_who_is_taken_off_a_site_is_signed_out_and_has_nothing_in_hand(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    colleague = _colleague(database, lead, Role.MODERATOR, now=now)
    with database.transaction() as session:
        stored_comment(session, lead.site, status=Status.HELD)
    [card] = client.post("/v1/review/claims", headers=colleague.bearer, json={"count": 1}).json()
    path = f"{_TEAM}/members/{colleague.moderator.id}"
    assert client.delete(path, headers=lead.bearer).status_code == 204
    assert client.get("/v1/review/me", headers=colleague.bearer).status_code == 401
    [taken] = client.post("/v1/review/claims", headers=lead.bearer, json={"count": 1}).json()
    assert taken["id"] == card["id"]
    gone = client.delete(path, headers=lead.bearer)
    assert (gone.status_code, gone.json()["code"]) == (404, "moderator_not_found")


def test_what_somebody_handed_out_ends_when_they_leave(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    other = _colleague(database, lead, Role.LEAD, now=now)
    _invite(client, other, "friend@news.example")
    program = _issue(client, other, now=now)
    client.delete(f"{_TEAM}/members/{other.moderator.id}", headers=lead.bearer)
    team = client.get(f"{_TEAM}/team", headers=lead.bearer).json()
    assert team["invitations"] == []
    assert [bool(each["revoked_at"]) for each in team["tokens"]] == [True]
    assert client.get("/v1/review/me", headers=program).status_code == 401


def test_what_somebody_handed_out_ends_with_the_role_that_allowed_it(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    other = _colleague(database, lead, Role.LEAD, now=now)
    _invite(client, other, "friend@news.example", "lead")
    program = _issue(client, other, now=now)
    path = f"{_TEAM}/members/{other.moderator.id}"
    assert client.put(path, headers=lead.bearer, json={"role": "lead"}).status_code == 204
    assert client.get("/v1/review/me", headers=program).status_code == 200
    assert client.put(path, headers=lead.bearer, json={"role": "moderator"}).status_code == 204
    assert client.get(f"{_TEAM}/team", headers=lead.bearer).json()["invitations"] == []
    assert client.get("/v1/review/me", headers=program).status_code == 401
    assert _role_of(client, lead, other.moderator.id) == "moderator"


def test_whoever_runs_the_service_ends_what_was_handed_out_with_the_role_too(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    program = _issue(client, lead, now=now)
    with database.transaction() as session:
        actions.assign(
            session, Actor("command line"), lead.site, lead.moderator, Role.MODERATOR, now=now
        )
    assert client.get("/v1/review/me", headers=program).status_code == 401


def _issue(
    client: TestClient, desk: Desk, *scopes: str, now: datetime, days: int = 30
) -> Mapping[str, str]:
    sent = {
        "name": "Night shift",
        "scopes": scopes or ["read", "decide"],
        "expires_at": (now + timedelta(days=days)).isoformat(),
    }
    answer = client.post(f"{_TEAM}/tokens", headers=desk.bearer, json=sent)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['text']}"}


def test_a_program_decides_under_its_own_name(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        comment = stored_comment(session, lead.site, status=Status.HELD)
    program = _issue(client, lead, now=now)
    [card] = client.post("/v1/review/claims", headers=program, json={"count": 1}).json()
    sent = {"status": "approved", "revision": card["revision"]}
    path = f"/v1/review/comments/{comment.id}/decisions"
    assert client.post(path, headers=program, json=sent).json()["by"] == "Night shift"
    me = client.get("/v1/review/me", headers=program).json()
    assert (me["name"], me["csrf_token"]) == ("Night shift", None)
    assert me["sites"] == [{"site": "border", "name": "Border News", "role": "moderator"}]


def test_a_program_that_reads_decides_nothing(
    client: TestClient, lead: Desk, now: datetime
) -> None:
    program = _issue(client, lead, "read", now=now)
    assert client.get("/v1/review/queue?queue=held", headers=program).status_code == 200
    refused = client.post("/v1/review/claims", headers=program, json={"count": 1})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert "`decide`" in refused.json()["detail"]


def test_a_program_leads_only_where_its_token_says_so(
    client: TestClient, lead: Desk, now: datetime
) -> None:
    deciding = _issue(client, lead, now=now)
    leading = _issue(client, lead, "read", "decide", "lead", now=now)
    assert client.get("/v1/review/histogram", headers=deciding).status_code == 403
    assert client.get("/v1/review/histogram", headers=leading).status_code == 200


def test_no_program_looks_after_settings_or_team(
    client: TestClient, lead: Desk, now: datetime
) -> None:
    leading = _issue(client, lead, "read", "decide", "lead", now=now)
    for path in ("settings", "team", "changes", "policy-texts"):
        refused = client.get(f"{_TEAM}/{path}", headers=leading)
        assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")


def test_no_program_answers_an_appeal_or_a_notice(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        comment = stored_decided_comment(session, lead.site, now=now)
        notice = a_notice(session, comment, now)
    program = _issue(client, lead, "read", "decide", "lead", now=now)
    decision = {"status": "approved", "revision": 1}
    decisions = f"comments/{comment.id}/decisions"
    sent: list[tuple[str, Mapping[str, object]]] = [
        (f"notices/{notice.id}/answer", {"acted": True}),
        (f"appeals/{notice.id}/outcome", {"outcome": "upheld", "revision": 1}),
        (decisions, decision | {"queue": "notices"}),
        (decisions, decision | {"queue": "appeals"}),
    ]
    for path, body in sent:
        refused = client.post(f"/v1/review/{path}", headers=program, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")


def test_a_token_ends_by_its_time_and_by_hand(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        stored_comment(session, lead.site, status=Status.HELD)
    program = _issue(client, lead, now=now)
    client.post("/v1/review/claims", headers=program, json={"count": 1})
    [listed] = client.get(f"{_TEAM}/team", headers=lead.bearer).json()["tokens"]
    assert listed["used_at"] is not None
    path = f"{_TEAM}/tokens/{listed['id']}"
    assert client.delete(path, headers=lead.bearer).status_code == 204
    assert client.delete(path, headers=lead.bearer).status_code == 204
    assert client.get("/v1/review/me", headers=program).status_code == 401
    with database.transaction() as session:
        assert session.scalars(select(Claim)).all() == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scopes": ["decide"]}, "/scopes"),
        ({"scopes": ["read", "lead"]}, "/scopes"),
        ({"scopes": []}, "/scopes"),
        ({"name": " "}, "/name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2040-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2026-12-24T00:00:00"}, "/expires_at"),
    ],
)
def test_a_token_that_would_not_serve_is_refused(
    client: TestClient, lead: Desk, now: datetime, change: dict[str, object], pointer: str
) -> None:
    ends = (now + timedelta(days=30)).isoformat()
    sent = {"name": "Night", "scopes": ["read"], "expires_at": ends, **change}
    refused = client.post(f"{_TEAM}/tokens", headers=lead.bearer, json=sent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


def test_keys_are_for_admins(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    assert client.get(f"{_TEAM}/keys", headers=lead.bearer).status_code == 403
    admin = _colleague(database, lead, Role.ADMIN, now=now)
    sent = {"name": "ops", "scopes": ["manage"]}
    issued = client.post(f"{_TEAM}/keys", headers=admin.bearer, json=sent).json()
    opened = {"Authorization": f"Bearer {issued['text']}"}
    assert client.get("/v1/site", headers=opened).json()["slug"] == "border"
    path = f"{_TEAM}/keys/{issued['key']['prefix']}"
    assert client.delete(path, headers=admin.bearer).status_code == 204
    assert client.get("/v1/site", headers=opened).status_code == 401
    [listed] = client.get(f"{_TEAM}/keys", headers=admin.bearer).json()["items"]
    assert (listed["name"], listed["scopes"], bool(listed["revoked_at"])) == (
        "ops",
        ["manage"],
        True,
    )


def test_settings_are_a_leads_and_written_down(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    changed = client.patch(
        f"{_TEAM}/settings", headers=lead.bearer, json={"age_alert_seconds": 600}
    )
    assert changed.json()["age_alert_seconds"] == 600
    text = {"markdown": "Be *kind*."}
    saved = client.put(f"{_TEAM}/policy-texts/en", headers=lead.bearer, json=text).json()
    assert (saved["version"], saved["saved_by"]) == (1, lead.moderator.email)
    changes = client.get(f"{_TEAM}/changes", headers=lead.bearer).json()["items"]
    assert [each["kind"] for each in changes] == ["policy_text_saved", "settings_changed"]
    colleague = _colleague(database, lead, Role.MODERATOR, now=now)
    for path in ("settings", "team", "changes", "policy-texts"):
        refused = client.get(f"{_TEAM}/{path}", headers=colleague.bearer)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_too_low")


def _password_link(client: TestClient, admin: Desk, who: Desk) -> Any:  # noqa: ANN401 - a response
    path = f"{_TEAM}/members/{who.moderator.id}/password-link"
    return client.post(path, headers=admin.bearer)


def test_an_admin_of_every_site_makes_a_link_for_a_new_password(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    admin = _colleague(database, lead, Role.ADMIN, now=now)
    made = _password_link(client, admin, lead)
    assert made.json()["url"].startswith("http://127.0.0.1:8000/review/password/")
    assert _password_link(client, lead, admin).status_code == 403


def test_whether_a_colleague_works_elsewhere_is_not_told_by_a_password_link(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    admin = _colleague(database, lead, Role.ADMIN, now=now)
    with database.transaction() as session:
        elsewhere = stored_desk(session, now=now, slug="elsewhere").site
        both = stored_moderator(session, lead.site, elsewhere, name="Both")
        both_desk = Desk(lead.site, both, {"Authorization": a_token(session, both, now=now)})
    here, there = (_password_link(client, admin, each) for each in (lead, both_desk))
    assert here.status_code == there.status_code == 403
    assert here.json() == there.json()
    assert here.json()["code"] == "password_link_elsewhere"
