"""Every call that takes a site's key asks for one scope, and is closed to a key without it."""

from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.db import Database
from service.limits import RateLimiter
from service.sites.scopes import Scope
from tests.service.keys import Caller, a_caller

_MANAGED = ("/v1/policy", "/v1/site", "/v1/webhooks", "/v1/articles/{article_id}/moderation")


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def _calls(document: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Return method, path and scopes of every call that takes a site's key."""
    return [
        (method, path, way["siteKey"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for way in operation.get("security", [])
        if "siteKey" in way
    ]


def test_the_document_names_one_scope_for_every_call_with_a_key(document: dict[str, Any]) -> None:
    calls = _calls(document)
    assert len(calls) > 25
    assert {len(held) for _, _, held in calls} == {1}
    for _, path, [scope] in calls:
        if path.startswith(_MANAGED):
            assert scope == Scope.MANAGE
    # What a key that leaks most easily can do: nothing about what rules.
    assert ("post", "/v1/comments", ["comments"]) in calls
    assert ("post", "/v1/score", ["classify"]) in calls


def test_a_key_with_every_other_scope_opens_no_call(
    client: TestClient, document: dict[str, Any], database: Database, now: datetime
) -> None:
    callers = {
        scope: a_caller(
            database, f"no-{scope}", scopes=[each for each in Scope if each is not scope], now=now
        )
        for scope in Scope
    }
    for method, path, [scope] in _calls(document):
        filled = path
        for name in ("comment_id", "endpoint_id", "delivery_id", "import_id"):
            filled = filled.replace(f"{{{name}}}", "0198c0de-0000-7000-8000-000000000000")
        filled = filled.replace("{language}", "en").replace("{number}", "1")
        filled = filled.replace("{article_id}", "a")
        answer = client.request(method, filled, headers=callers[Scope(scope)].headers)
        assert answer.status_code == 403, (method, path)
        assert answer.json()["code"] == "scope_missing"
        assert f"`{scope}`" in answer.json()["detail"]


@pytest.fixture
def sender(database: Database, now: datetime) -> Caller:
    """Return a site whose key sends comments and does nothing else."""
    return a_caller(database, "sender", scopes=[Scope.COMMENTS], now=now)


def test_a_key_that_sends_comments_does_not_classify_in_any_dialect(
    client: TestClient, sender: Caller
) -> None:
    body = {"comment": {"text": "hello"}, "requestedAttributes": {"TOXICITY": {}}}
    google = client.post("/v1alpha1/comments:analyze", params={"key": sender.key}, json=body)
    assert google.status_code == 403
    assert google.json()["error"]["status"] == "PERMISSION_DENIED"
    assert "scope `classify`" in google.json()["error"]["message"]
    openai = client.post("/v1/moderations", headers=sender.headers, json={"input": "hello"})
    assert openai.status_code == 403
    assert "scope `classify`" in openai.json()["error"]["message"]
    akismet = client.post("/1.1/verify-key", data={"key": sender.key, "blog": "https://a.example"})
    assert akismet.text == "invalid"
    assert "scope `classify`" in akismet.headers["X-akismet-debug-help"]


def test_asking_with_a_key_spends_one_call_of_it(
    client: TestClient, caller: Caller, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[str] = []
    limiter: RateLimiter = app.state.limiter
    monkeypatch.setattr(limiter, "spend", lambda kind, *_, **__: spent.append(kind))
    body = {"markdown": "Be kind."}
    client.put("/v1/site/policy-texts/en", headers=caller.headers, json=body)
    assert spent == ["reads"]
