"""Signing in by another service's account, against a small provider that signs real tokens."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from service import request
from service.app import create_app
from service.db import Database
from service.moderators import links, queries, tokens
from service.moderators.rules import TokenScope
from service.moderators.tables import Moderator, Role
from service.review import claims
from service.review.tables import Claim
from service.settings import Oidc, Settings
from service.sites.tables import Site
from tests.factories.moderators import stored_moderator
from tests.factories.review import stored_held_comment, stored_site
from tests.fakes import FakePredictor
from tests.service.team.pages import sign_in, text_of
from tests.service.team.provider import CLIENT_ID, CLIENT_SECRET, SmallProvider, a_key, running

_EMAIL = "aziza@news.example"
_DAY = timedelta(days=1)
_BACK = "/review/sign-in/outside/back"


@pytest.fixture(scope="module")
def served_provider() -> Iterator[SmallProvider]:
    """Serve one provider to all tests: its key takes a second to make."""
    with running(SmallProvider()) as provider:
        yield provider


@pytest.fixture
def provider(served_provider: SmallProvider, now: datetime) -> SmallProvider:
    served_provider.forget()
    served_provider.clock = lambda: int(now.timestamp())
    return served_provider


@pytest.fixture(scope="module")
def other_key() -> RSAKey:
    return a_key()


@pytest.fixture
def app(
    settings: Settings,
    classifier: FakePredictor,
    database: Database,
    provider: SmallProvider,
    now: datetime,
) -> FastAPI:
    assert database  # emptied when the test is over
    oidc = Oidc(
        issuer=provider.url,
        client_id=CLIENT_ID,
        client_secret=SecretStr(CLIENT_SECRET),
        called="Border News",
    )
    app = create_app(settings.model_copy(update={"oidc": oidc}), classifier)
    app.dependency_overrides[request.now] = lambda: now
    return app


@pytest.fixture
def site(database: Database) -> Site:
    with database.transaction() as session:
        return stored_site(session, "border")


@pytest.fixture
def aziza(database: Database, site: Site) -> Moderator:
    with database.transaction() as session:
        return stored_moderator(session, site, email=_EMAIL, role=Role.LEAD)


def _begin(client: TestClient) -> str:
    """Follow the link on the page to sign in on; return where it leads."""
    page = client.get("/review/sign-in?next=/review/plain").text
    assert "Sign in with Border News" in page
    away = client.get("/review/sign-in/outside?next=/review/plain", follow_redirects=False)
    assert away.status_code == 303, text_of(away.text)
    return str(away.headers["location"])


def _come_back(client: TestClient, **sent: str) -> Any:  # noqa: ANN401 - a response
    return client.get(_BACK, params=sent, follow_redirects=False)


def _sign_in(client: TestClient, provider: SmallProvider, **changes: str) -> Any:  # noqa: ANN401
    address = _begin(client)
    [state] = parse_qs(urlsplit(address).query)["state"]
    sent = {"code": provider.authorize(address), "state": state} | changes
    return _come_back(client, **sent)


def _me(client: TestClient) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.get("/v1/review/me").json()
    return answer


def test_who_is_known_by_a_verified_address_signs_in(
    client: TestClient, provider: SmallProvider, aziza: Moderator
) -> None:
    answer = _sign_in(client, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review/plain")
    assert _me(client)["id"] == str(aziza.id)


def test_the_browser_is_sent_with_all_that_guards_the_way_back(
    client: TestClient, provider: SmallProvider
) -> None:
    asked = {name: each[0] for name, each in parse_qs(urlsplit(_begin(client)).query).items()}
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"http://127.0.0.1:8000{_BACK}"
    assert asked["code_challenge_method"] == "S256"
    assert {len(asked[name]) for name in ("state", "nonce", "code_challenge")} == {43}
    assert _begin(client) != _begin(client)
    cookies = client.get("/review/sign-in/outside", follow_redirects=False).headers["set-cookie"]
    assert "parley_outside=" in cookies
    assert "HttpOnly" in cookies
    assert "SameSite=lax" in cookies
    assert asked["state"] not in cookies
    assert provider.calls == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize(
    "said",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": ["another client", "a third"]},
        {"aud": None},
        {"azp": "another client"},
        {"nonce": "another sign-in's"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": None},
        {"email": "no address"},
        {"email": "stranger@news.example"},
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(
    client: TestClient, provider: SmallProvider, aziza: Moderator, said: dict[str, object]
) -> None:
    assert aziza
    provider.claims = said
    refused = _sign_in(client, provider)
    assert refused.status_code == 401
    assert "parley_session" not in client.cookies
    assert client.get("/v1/review/me").status_code == 401


def test_a_token_just_over_its_time_is_refused_by_more_than_the_clocks_differ(
    client: TestClient, provider: SmallProvider, aziza: Moderator, now: datetime
) -> None:
    assert aziza
    provider.claims = {"exp": int(now.timestamp()) - 59}
    assert _sign_in(client, provider).status_code == 303
    provider.claims = {"exp": int(now.timestamp()) - 61}
    assert _sign_in(TestClient(client.app), provider).status_code == 401


def test_a_token_signed_by_another_key_or_by_none_opens_nothing(
    client: TestClient, provider: SmallProvider, aziza: Moderator, other_key: RSAKey
) -> None:
    assert aziza
    secret = OctKey.import_key(CLIENT_SECRET * 2)
    forgeries = [
        lambda said: jwt.encode({"alg": "RS256", "kid": provider.key.kid}, said, other_key),
        lambda said: jwt.encode({"alg": "HS256"}, said, secret),
        lambda said: provider.signed(said)[:-8] + "AAAAAAAA",
        lambda said: "e30." + provider.signed(said).split(".")[1] + ".",
        lambda said: "nonsense",  # noqa: ARG005 - a token all the same
    ]
    for forge in forgeries:
        provider.sign = forge
        assert _sign_in(client, provider).status_code == 401
        assert client.get("/v1/review/me").status_code == 401


def test_keys_that_the_provider_has_changed_are_asked_for_again(
    client: TestClient,
    provider: SmallProvider,
    aziza: Moderator,
    other_key: RSAKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert aziza
    assert _sign_in(client, provider).status_code == 303
    provider.key = other_key
    provider.published.append(provider.key)
    # Not sooner than after half a minute: strangers' tokens must not have us ask all day.
    assert _sign_in(client, provider).status_code == 401
    monkeypatch.setattr("service.moderators.oidc._KEYS_ASKED_AGAIN_SECONDS", 0.0)
    assert _sign_in(client, provider).status_code == 303


@pytest.mark.parametrize(
    "sent",
    [{"state": "another"}, {"state": ""}, {"code": ""}, {"iss": "https://elsewhere.example"}],
)
def test_what_comes_back_must_be_what_this_browser_began(
    client: TestClient, provider: SmallProvider, aziza: Moderator, sent: dict[str, str]
) -> None:
    assert aziza
    assert _sign_in(client, provider, **sent).status_code == 401
    assert "/token" not in provider.calls


def test_a_way_back_is_good_for_the_browser_that_went(
    client: TestClient, provider: SmallProvider, aziza: Moderator
) -> None:
    assert aziza
    address = _begin(client)
    [state] = parse_qs(urlsplit(address).query)["state"]
    victim = TestClient(client.app)
    _begin(victim)
    refused = _come_back(victim, code=provider.authorize(address), state=state)
    assert refused.status_code == 401
    assert victim.get("/v1/review/me").status_code == 401


def test_a_code_and_a_way_back_work_once(
    client: TestClient, provider: SmallProvider, aziza: Moderator
) -> None:
    assert aziza
    address = _begin(client)
    [state] = parse_qs(urlsplit(address).query)["state"]
    code = provider.authorize(address)
    assert _come_back(client, code=code, state=state).status_code == 303
    assert _come_back(client, code=code, state=state).status_code == 401


def test_a_way_back_ends_after_ten_minutes(
    app: FastAPI, client: TestClient, provider: SmallProvider, aziza: Moderator, now: datetime
) -> None:
    assert aziza
    address = _begin(client)
    [state] = parse_qs(urlsplit(address).query)["state"]
    app.dependency_overrides[request.now] = lambda: now + timedelta(minutes=10, seconds=1)
    code = provider.authorize(address)
    assert _come_back(client, code=code, state=state).status_code == 401


def test_a_provider_that_does_not_answer_is_told_of(
    client: TestClient, provider: SmallProvider
) -> None:
    provider.is_silent = True
    silent = client.get("/review/sign-in/outside", follow_redirects=False)
    assert "does not answer" in text_of(silent.text)
    assert 'name="password"' in silent.text


def _ask(client: TestClient) -> str:
    """Ask for the way to the provider; return what the answer says."""
    return text_of(client.get("/review/sign-in/outside", follow_redirects=False).text)


def test_a_silence_is_remembered_for_a_while_and_then_the_provider_is_asked_again(
    client: TestClient, provider: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.is_silent = True
    assert "does not answer" in _ask(client)
    asked = len(provider.calls)
    provider.is_silent = False
    assert "does not answer" in _ask(client)
    assert len(provider.calls) == asked
    clock = time.monotonic
    monkeypatch.setattr("service.moderators.oidc.time.monotonic", lambda: clock() + 11)
    assert _begin(client)


def test_who_signs_in_while_the_provider_is_silent_waits_no_longer_than_one_answer_may_take(
    client: TestClient, provider: SmallProvider, app: FastAPI
) -> None:
    app.state.oidc._timeout = 0.4  # noqa: SLF001 - five seconds by default, in each of six threads
    provider.holds.clear()
    try:
        with ThreadPoolExecutor(6) as pool:
            asked = list(pool.map(lambda _: _ask(client), range(6)))
    finally:
        provider.holds.set()
    assert all("does not answer" in said for said in asked)
    # Else each would ask in turn, and wait as long as the one before.
    assert len(provider.calls) <= 1


def test_a_silence_met_on_the_way_back_is_remembered_too(
    client: TestClient, provider: SmallProvider
) -> None:
    for is_silent in (True, False):
        address = _begin(client)
        [state] = parse_qs(urlsplit(address).query)["state"]
        code = provider.authorize(address)
        provider.is_silent = is_silent
        assert "does not answer" in text_of(_come_back(client, code=code, state=state).text)
    assert provider.calls.count("/token") == 1


def test_asking_for_the_way_there_is_counted_like_signing_in(
    client: TestClient, provider: SmallProvider, settings: Settings
) -> None:
    assert provider
    for _ in range(settings.limits.sign_ins_per_minute):
        client.get("/review/sign-in/outside", follow_redirects=False)
    assert "in a minute: come back a little later" in _ask(client)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    client: TestClient, provider: SmallProvider
) -> None:
    provider.document = {"issuer": "https://elsewhere.example"}
    silent = client.get("/review/sign-in/outside", follow_redirects=False)
    assert "does not answer" in text_of(silent.text)


def _roles(database: Database, email: str) -> dict[str, Role]:
    with database.transaction() as session:
        who = queries.by_email(session, email)
        return {site.slug: role for site, role in queries.memberships(session, who.id)}


def test_an_invitation_is_followed_by_signing_in(
    client: TestClient, provider: SmallProvider, site: Site, database: Database, now: datetime
) -> None:
    assert _sign_in(client, provider).status_code == 401
    with database.transaction() as session:
        links.invite(
            *(session, site),
            email=_EMAIL,
            role=Role.LEAD,
            by="ana@news.example",
            now=now,
            lifetime=timedelta(days=7),
        )
    assert _sign_in(client, provider).status_code == 303
    assert _me(client)["name"] == "Aziza"
    assert _roles(database, _EMAIL) == {"border": Role.LEAD}
    with database.transaction() as session:
        assert links.open_invitations(session, site.id, now=now) == []


def test_whoever_chose_the_password_has_nothing_once_the_address_is_proved(
    client: TestClient, provider: SmallProvider, aziza: Moderator, database: Database, now: datetime
) -> None:
    before = TestClient(client.app)
    assert sign_in(before, _EMAIL).status_code == 303
    with database.transaction() as session:
        who = session.get_one(Moderator, aziza.id)
        _, token = links.for_password(
            session, who, by="ana@news.example", now=now, lifetime=timedelta(hours=1)
        )
    assert _sign_in(client, provider).status_code == 303
    assert before.get("/v1/review/me").status_code == 401
    assert sign_in(TestClient(client.app), _EMAIL).status_code == 401
    assert before.get(f"/review/password/{token}").status_code == 404
    assert _me(client)["id"] == str(aziza.id)


@pytest.mark.usefixtures("aziza")
def test_what_was_made_in_a_name_that_nobody_had_proved_ends_once_it_is(
    client: TestClient,
    provider: SmallProvider,
    site: Site,
    database: Database,
    now: datetime,
) -> None:
    with database.transaction() as session:
        colleague = stored_moderator(session, site, email="ana@news.example")
        _, invitation = links.invite(
            *(session, site),
            email="x@evil.example",
            role=Role.LEAD,
            lifetime=_DAY,
            by=_EMAIL,
            now=now,
        )
        _, reset = links.for_password(session, colleague, lifetime=_DAY, by=_EMAIL, now=now)
        held = stored_held_comment(session, site, now=now)
        issued, token = tokens.issue(
            *(session, site),
            name="Helper",
            scopes=set(TokenScope),
            expires_at=now + _DAY,
            by=_EMAIL,
            now=now,
        )
        program = session.get_one(Moderator, issued.moderator_id)
        claims.claim(session, program, [site.id], held.id, lease=_DAY, most=9, now=now)
        _, others = links.invite(
            *(session, site),
            email="y@news.example",
            role=Role.LEAD,
            lifetime=_DAY,
            by="ana@news.example",
            now=now,
        )
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/review/queue", headers=bearer).status_code == 200
    assert _sign_in(client, provider).status_code == 303
    stranger = TestClient(client.app)
    assert stranger.get(f"/review/welcome/{invitation}").status_code == 404
    assert stranger.get(f"/review/password/{reset}").status_code == 404
    assert stranger.get("/v1/review/queue", headers=bearer).status_code == 401
    assert stranger.get(f"/review/welcome/{others}").status_code == 200
    with database.transaction() as session:
        assert session.scalars(select(Claim)).all() == []


@pytest.mark.usefixtures("aziza")
def test_what_is_made_after_the_first_time_stays(
    client: TestClient,
    provider: SmallProvider,
    site: Site,
    database: Database,
    now: datetime,
) -> None:
    assert _sign_in(client, provider).status_code == 303
    with database.transaction() as session:
        _, invitation = links.invite(
            *(session, site),
            email="x@news.example",
            role=Role.MODERATOR,
            lifetime=_DAY,
            by=_EMAIL,
            now=now,
        )
    assert _sign_in(client, provider).status_code == 303
    assert TestClient(client.app).get(f"/review/welcome/{invitation}").status_code == 200


def test_who_has_left_does_not_come_back_this_way(
    client: TestClient, provider: SmallProvider, aziza: Moderator, database: Database, now: datetime
) -> None:
    assert _sign_in(client, provider).status_code == 303
    with database.transaction() as session:
        claims.dismiss(session, session.get_one(Moderator, aziza.id), now=now)
    assert client.get("/v1/review/me").status_code == 401
    assert _sign_in(client, provider).status_code == 401


def test_an_address_that_passes_on_takes_no_account_along(
    client: TestClient, provider: SmallProvider, aziza: Moderator
) -> None:
    assert _sign_in(client, provider).status_code == 303
    provider.claims = {"sub": "person-2"}
    other = TestClient(client.app)
    assert _sign_in(other, provider).status_code == 401
    provider.claims = {"email": "aziza.new@news.example"}
    assert _sign_in(other, provider).status_code == 303
    assert _me(other)["id"] == str(aziza.id)


def test_without_a_provider_there_is_no_such_way(
    settings: Settings, classifier: FakePredictor, database: Database
) -> None:
    assert database
    with TestClient(create_app(settings, classifier)) as client:
        assert "outside" not in client.get("/review/sign-in").text
        for path in ("/review/sign-in/outside", _BACK):
            assert client.get(path, follow_redirects=False).status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        {"issuer": "https://id.example"},
        {"issuer": "http://id.example", "client_id": "a", "client_secret": "b"},
        {"client_id": "a", "client_secret": "b"},
    ],
)
def test_a_provider_is_given_whole_and_safe(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Oidc.model_validate(given)
