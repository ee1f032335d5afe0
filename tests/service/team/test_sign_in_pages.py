"""By link somebody joins, or chooses a new password; on the page, somebody signs in and out."""

import re
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service import request
from service.db import Database
from service.moderators import links, queries
from service.moderators.tables import Moderator, Role
from service.review import claims
from service.settings import Settings
from service.sites import log
from service.sites.tables import ChangeKind, Site
from tests.factories.moderators import PASSWORD, stored_moderator
from tests.factories.review import Desk, stored_desk, stored_site
from tests.service.team.pages import csrf_in, send, sign_in, text_of

_NEW = "a longer horse battery"
_WEEK = timedelta(days=7)


@pytest.fixture
def lead(database: Database, now: datetime) -> Desk:
    with database.transaction() as session:
        return stored_desk(session, now=now, role=Role.LEAD)


def _invitation(
    database: Database, site: Site, email: str, role: Role = Role.MODERATOR, *, now: datetime
) -> str:
    with database.transaction() as session:
        _, token = links.invite(
            session, site, email=email, role=role, by="ana@news.example", now=now, lifetime=_WEEK
        )
    return f"/review/welcome/{token}"


def _roles(database: Database, email: str) -> dict[str, Role]:
    with database.transaction() as session:
        who = queries.by_email(session, email)
        return {site.slug: role for site, role in queries.memberships(session, who.id)}


def test_an_invitation_is_followed_with_a_name_and_a_password(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    link = _invitation(database, lead.site, "new@news.example", Role.LEAD, now=now)
    page = text_of(client.get(link).text)
    assert "Join the moderation of Border News" in page
    assert "ana@news.example has invited new@news.example" in page
    joined = send(client, link, {"name": " Malika ", "password": _NEW})
    assert (joined.status_code, joined.headers["location"]) == (303, "/review")
    me = client.get("/v1/review/me").json()
    assert (me["name"], me["email"]) == ("Malika", "new@news.example")
    assert me["sites"] == [{"site": "border", "name": "Border News", "role": "lead"}]
    assert sign_in(TestClient(client.app), "new@news.example", _NEW).status_code == 303
    with database.transaction() as session:
        line = log.newest(session, lead.site.id, limit=1)[0]
    assert (line.kind, line.changed_by) == (ChangeKind.JOINED, "new@news.example")


def test_a_link_works_once(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    link = _invitation(database, lead.site, "new@news.example", now=now)
    send(client, link, {"name": "Malika", "password": _NEW})
    again = client.get(link)
    assert again.status_code == 404
    assert "This link opens nothing" in text_of(again.text)


def test_a_link_ends_with_its_time(
    app: FastAPI, client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    link = _invitation(database, lead.site, "new@news.example", now=now)
    app.dependency_overrides[request.now] = lambda: now + _WEEK
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "Malika", "password": "short"}, "The password must have 12 to 200 characters"),
        ({"name": " ", "password": _NEW}, "The name must not be empty or blank"),
    ],
)
def test_what_does_not_serve_leaves_the_link_as_it_is(
    client: TestClient,
    lead: Desk,
    *,
    database: Database,
    now: datetime,
    fields: dict[str, str],
    said: str,
) -> None:
    link = _invitation(database, lead.site, "new@news.example", now=now)
    refused = send(client, link, fields)
    assert refused.status_code == 422
    assert said in text_of(refused.text)
    assert send(client, link, {"name": "Malika", "password": _NEW}).status_code == 303


def test_the_form_is_the_same_whether_the_address_has_an_account_or_not(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        stored_moderator(session, email="old@news.example")
    pages = []
    for email in ("old@news.example", "new@news.example"):
        page = client.get(_invitation(database, lead.site, email, now=now)).text
        pages.append(re.sub(r"welcome/[\w-]+", "", page).replace(email, "…"))
    assert pages[0] == pages[1]


def test_who_has_an_account_joins_with_its_password_and_keeps_the_rest(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        elsewhere = stored_site(session, "elsewhere")
        stored_moderator(session, elsewhere, email="old@news.example", role=Role.ADMIN)
    link = _invitation(database, lead.site, "old@news.example", now=now)
    refused = send(client, link, {"name": "Thief", "password": _NEW})
    assert refused.status_code == 422
    assert _roles(database, "old@news.example") == {"elsewhere": Role.ADMIN}
    assert send(client, link, {"name": "", "password": PASSWORD}).status_code == 303
    assert _roles(database, "old@news.example") == {
        "elsewhere": Role.ADMIN,
        "border": Role.MODERATOR,
    }
    assert sign_in(TestClient(client.app), "old@news.example").status_code == 303


def test_guessing_the_password_of_an_account_by_an_invitation_is_slowed_down(
    client: TestClient, lead: Desk, database: Database, settings: Settings, now: datetime
) -> None:
    with database.transaction() as session:
        stored_moderator(session, email="old@news.example")
    link = _invitation(database, lead.site, "old@news.example", now=now)
    tries = [
        send(client, link, {"password": _NEW}).status_code
        for _ in range(settings.limits.sign_ins_per_minute + 1)
    ]
    assert tries == [422] * settings.limits.sign_ins_per_minute + [429]


def test_an_account_without_a_password_is_not_taken_over_by_an_invitation(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        who = stored_moderator(session, email="oidc@news.example")
        who.password_hash = None
    link = _invitation(database, lead.site, "oidc@news.example", now=now)
    refused = send(client, link, {"name": "Thief", "password": _NEW})
    assert refused.status_code == 403
    assert "signs in without a password" in text_of(refused.text)
    assert _roles(database, "oidc@news.example") == {}


def test_who_is_signed_in_joins_by_a_click(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        stored_moderator(session, email="old@news.example")
        stored_moderator(session, email="other@news.example")
    link = _invitation(database, lead.site, "old@news.example", now=now)
    sign_in(client, "old@news.example")
    page = client.get(link).text
    assert "Join as old@news.example" in page
    other = TestClient(client.app)
    sign_in(other, "other@news.example")
    csrf = csrf_in(other.get("/review/account").text)
    assert other.post(f"{link}/as-me", data={"csrf": csrf}).status_code == 404
    joined = client.post(f"{link}/as-me", data={"csrf": csrf_in(page)}, follow_redirects=False)
    assert joined.status_code == 303
    assert _roles(database, "old@news.example") == {"border": Role.MODERATOR}


def test_an_invitation_lowers_no_role(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        stored_moderator(session, lead.site, email="old@news.example", role=Role.ADMIN)
    link = _invitation(database, lead.site, "old@news.example", now=now)
    send(client, link, {"password": PASSWORD})
    assert _roles(database, "old@news.example") == {"border": Role.ADMIN}


def test_who_has_left_and_is_invited_again_begins_anew(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        elsewhere = stored_site(session, "elsewhere")
        left = stored_moderator(session, elsewhere, email="old@news.example", role=Role.ADMIN)
        claims.dismiss(session, left, now=now)
    link = _invitation(database, lead.site, "old@news.example", now=now)
    assert send(client, link, {"name": "Back", "password": _NEW}).status_code == 303
    assert client.get("/v1/review/me").json()["name"] == "Back"
    assert _roles(database, "old@news.example") == {"border": Role.MODERATOR}


def _password_link(database: Database, who: Moderator, *, now: datetime) -> str:
    with database.transaction() as session:
        _, token = links.for_password(session, who, by="ops", now=now, lifetime=timedelta(days=1))
    return f"/review/password/{token}"


def test_a_new_password_is_chosen_by_link_and_ends_every_session(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    link = _password_link(database, lead.moderator, now=now)
    refused = send(client, link, {"password": "short"})
    assert refused.status_code == 422
    assert send(client, link, {"password": _NEW}).status_code == 303
    assert client.get("/v1/review/me").json()["email"] == lead.moderator.email
    assert client.get("/v1/review/me", headers=lead.bearer).status_code == 401
    other = TestClient(client.app)
    assert sign_in(other, lead.moderator.email, PASSWORD).status_code == 401
    assert sign_in(other, lead.moderator.email, _NEW).status_code == 303
    assert client.get(link).status_code == 404


def test_another_link_for_a_password_ends_the_one_before(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    first = _password_link(database, lead.moderator, now=now)
    second = _password_link(database, lead.moderator, now=now)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_a_link_of_one_kind_opens_no_other(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    invitation = _invitation(database, lead.site, "new@news.example", now=now)
    password = _password_link(database, lead.moderator, now=now)
    assert client.get(invitation.replace("welcome", "password")).status_code == 404
    assert client.get(password.replace("password", "welcome")).status_code == 404


def test_a_form_of_another_page_changes_no_password(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    link = _password_link(database, lead.moderator, now=now)
    client.get(link)
    forged = client.post(link, data={"password": _NEW, "csrf": "0" * 64})
    assert forged.status_code == 403
    assert sign_in(client, lead.moderator.email).status_code == 303


def test_the_own_password_is_changed_with_the_one_until_now(client: TestClient, lead: Desk) -> None:
    sign_in(client, lead.moderator.email)
    account = "/review/account"
    wrong = send(client, account, {"old": "wrong horse battery", "new": _NEW})
    assert wrong.status_code == 422
    assert "The password until now is wrong" in wrong.text
    changed = send(client, account, {"old": PASSWORD, "new": _NEW})
    assert (changed.status_code, changed.headers["location"]) == (303, "/review/account?saved=1")
    assert client.get(account).status_code == 200
    assert client.get("/v1/review/me", headers=lead.bearer).status_code == 401
    assert sign_in(TestClient(client.app), lead.moderator.email, _NEW).status_code == 303


def test_a_changed_password_ends_the_link_for_another(
    client: TestClient, lead: Desk, database: Database, now: datetime
) -> None:
    link = _password_link(database, lead.moderator, now=now)
    sign_in(client, lead.moderator.email)
    send(client, "/review/account", {"old": PASSWORD, "new": _NEW})
    assert client.get(link).status_code == 404
