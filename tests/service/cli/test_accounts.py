"""Keys, people, programs and secrets on a real database, as an administrator calls for them."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from service.__main__ import app as parley
from service.db import Database
from service.errors import ModerationError
from service.moderators import queries
from service.moderators.tables import Role
from service.sites import queries as sites
from service.webhooks import queries as webhooks
from tests.factories.moderators import stored_moderator
from tests.service.keys import Caller
from tests.service.team.pages import send

OLD, NEW = "the secret of yesterday, which is long", "the secret of today, which is long enough"


pytestmark = pytest.mark.usefixtures("surroundings")


def run(*words: str) -> str:
    result = CliRunner().invoke(parley, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout.strip()


def test_a_key_is_issued_for_what_it_is_needed_for(client: TestClient, caller: Caller) -> None:
    usual, manages = (
        {"Authorization": f"Bearer {run('site', 'key', 'news', *scopes)}"}
        for scopes in ((), ("--name", "ops", "--scope", "manage"))
    )
    assert client.get("/v1/site", headers=usual).status_code == 403
    assert client.get("/v1/site", headers=manages).json()["slug"] == caller.site.slug
    assert "comments, classify" in run("site", "keys", "news")
    run("site", "revoke", "news", manages["Authorization"].split()[1][:15])


def test_somebody_is_invited_by_a_link_and_given_another_password_by_one(
    client: TestClient, caller: Caller, database: Database
) -> None:
    link = run("moderator", "invite", "ana@news.example", "--site", "news", "--role", "lead")
    path = link.removeprefix("http://127.0.0.1:8000")
    joined = send(client, path, {"name": "Ana", "password": "a longer horse battery"})
    assert joined.status_code == 303
    with database.transaction() as session:
        who = queries.by_email(session, "ana@news.example")
        assert queries.may(session, who.id, caller.site.id, Role.LEAD)
    link = run("moderator", "reset", "ana@news.example")
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_program_gets_a_token_that_can_be_revoked(client: TestClient, caller: Caller) -> None:
    assert caller
    words = ("--site", "news", "--name", "Night shift", "--scope", "read", "--days", "7")
    token = run("moderator", "token", *words)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/review/me", headers=headers).json()["name"] == "Night shift"
    assert "Night shift" in run("moderator", "tokens", "--site", "news")
    run("moderator", "revoke", token[:20], "--site", "news")
    assert client.get("/v1/review/me", headers=headers).status_code == 401


def test_who_is_taken_off_is_gone_from_the_site(
    caller: Caller, database: Database, now: datetime
) -> None:
    assert now
    with database.transaction() as session:
        who = stored_moderator(session, caller.site, email="ana@news.example")
    run("moderator", "unassign", "ana@news.example", "--site", "news")
    with database.transaction() as session:
        assert queries.memberships(session, who.id) == []
    with pytest.raises(ModerationError):
        run("moderator", "unassign", "ana@news.example", "--site", "news")


def test_our_own_secret_is_changed_without_losing_what_it_has_sealed(
    caller: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert caller
    monkeypatch.setenv("PARLEY_SECRET", OLD)
    secret = run("webhook", "add", "news", "https://news.example/hook")
    monkeypatch.setenv("PARLEY_SECRET", NEW)
    with pytest.raises(ModerationError, match="PARLEY_SECRET_PREVIOUS"):
        run("reseal")
    monkeypatch.setenv("PARLEY_SECRET_PREVIOUS", OLD)
    run("reseal")
    monkeypatch.delenv("PARLEY_SECRET_PREVIOUS")
    run("reseal")
    with database.transaction() as session:
        site = sites.by_slug(session, "news")
        [endpoint] = webhooks.endpoints(session, site.id)
    assert secret not in endpoint.secret
