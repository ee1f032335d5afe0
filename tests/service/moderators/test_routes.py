from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from service.db import Database
from service.moderators.tables import Role
from tests.factories.moderators import PASSWORD, a_token, stored_moderator
from tests.factories.sites import a_site

EMAIL = "aziza@news.example"
ORIGIN = "http://testserver"


class Team(BaseModel):
    """A moderator's session."""

    token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def team(database: Database, now: datetime) -> Team:
    with database.transaction() as session:
        site = a_site(slug="border", name="Border News")
        session.add(site)
        session.flush()
        moderator = stored_moderator(session, site, role=Role.LEAD, email=EMAIL)
        return Team(token=a_token(session, moderator, now=now))


def _sign_in(client: TestClient, *, cookie: bool = False, password: str = PASSWORD) -> str:
    sent = {"email": EMAIL, "password": password, "cookie": cookie}
    answer = client.post("/v1/review/sign-in", json=sent)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["csrf_token"] if cookie else answer.json()["token"])


def test_signing_in_answers_a_token_that_says_who_one_is(client: TestClient, team: Team) -> None:
    assert team
    token = _sign_in(client)
    me = client.get("/v1/review/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["email"] == EMAIL
    assert me.json()["sites"] == [{"site": "border", "name": "Border News", "role": "lead"}]


def test_the_cookie_is_out_of_reach_of_scripts(client: TestClient, team: Team) -> None:
    assert team
    sent = {"email": EMAIL, "password": PASSWORD, "cookie": True}
    answer = client.post("/v1/review/sign-in", json=sent)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # the public address of these settings is plain HTTP
    assert answer.json()["token"] is None


def test_nobody_is_let_in_without_a_session(client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Cookie": "parley_session=x"}):
        answer = client.get("/v1/review/me", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_wrong_password_and_unknown_address_get_one_answer(client: TestClient, team: Team) -> None:
    assert team
    answers = [
        client.post("/v1/review/sign-in", json={"email": email, "password": "wrong horse battery"})
        for email in (EMAIL, "nobody@news.example")
    ]
    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_signing_out_ends_the_session(client: TestClient, team: Team) -> None:
    assert client.post("/v1/review/sign-out", headers=team.bearer).status_code == 204
    assert client.get("/v1/review/me", headers=team.bearer).status_code == 401


def test_a_cookie_alone_changes_nothing(client: TestClient, team: Team) -> None:
    assert team
    csrf = _sign_in(client, cookie=True)
    forged: list[dict[str, str]] = [
        {},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "\xe9"},
        {"X-CSRF-Token": csrf, "Origin": "https://elsewhere.example"},
        {"X-CSRF-Token": csrf, "Origin": "null"},
        {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "same-site"},
    ]
    for headers in forged:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        answer = client.post("/v1/review/sign-out", headers=raw)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_request"), headers
    assert client.get("/v1/review/me").status_code == 200
    sent = {"X-CSRF-Token": csrf, "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/review/sign-out", headers=sent).status_code == 204
    assert client.get("/v1/review/me").status_code == 401


def test_one_sessions_token_does_not_serve_another(client: TestClient, team: Team) -> None:
    assert team
    first = _sign_in(client, cookie=True)
    _sign_in(client, cookie=True)
    answer = client.post("/v1/review/sign-out", headers={"X-CSRF-Token": first})
    assert answer.status_code == 403


def test_another_sites_page_cannot_sign_somebody_in(client: TestClient, team: Team) -> None:
    assert team
    answer = client.post(
        "/v1/review/sign-in",
        json={"email": EMAIL, "password": PASSWORD, "cookie": True},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_guessing_passwords_is_slowed_down(client: TestClient, team: Team) -> None:
    assert team
    sent = {"email": EMAIL, "password": "wrong horse battery"}
    statuses = [client.post("/v1/review/sign-in", json=sent).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    # The right password does not get through either: else one could go on guessing.
    answer = client.post("/v1/review/sign-in", json=sent | {"password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        [],
        {"email": EMAIL},
        {"email": EMAIL, "password": 5},
        {"email": EMAIL, "password": "x" * 1001},
        {"email": EMAIL, "password": PASSWORD, "role": "admin"},
    ],
)
def test_a_malformed_sign_in_is_refused_with_a_sentence(client: TestClient, sent: object) -> None:
    answer = client.post("/v1/review/sign-in", json=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")


def test_half_a_letter_is_refused_with_a_sentence(client: TestClient) -> None:
    body = rb'{"email": "\ud800", "password": "x"}'
    headers = {"Content-Type": "application/json"}
    answer = client.post("/v1/review/sign-in", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")


def test_an_address_with_a_nul_is_merely_wrong(client: TestClient) -> None:
    sent = {"email": "a\0@b.example", "password": "\0"}
    assert client.post("/v1/review/sign-in", json=sent).status_code == 401
