"""Every operation of the OpenAPI document, called with what it describes and with what it does not.

No call may end in our own fault, each status must be documented, each body must be as documented,
and each error a problem.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from openapi_spec_validator import validate
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Ok

from ml.labels import DEFINITIONS
from service.app import create_app
from service.comments.status import Status
from service.db import Database
from service.embed import public_keys, tickets
from service.embed.surroundings import Surroundings
from service.settings import Embed, Settings
from tests.factories.comments import stored_comment
from tests.factories.moderators import a_token, stored_moderator
from tests.fakes import FakePredictor
from tests.service.keys import Caller

DOCUMENT: dict[str, Any] = create_app(Settings(), FakePredictor()).openapi()
# An answer to it never ends; it has tests of its own, over a real connection.
_ENDLESS = "/v1/review/events"
OPERATIONS = [
    found.ok()
    for found in openapi.from_dict(DOCUMENT).get_all_operations()
    if isinstance(found, Ok) and found.ok().path != _ENDLESS
]

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_EFFORT = effort(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
# Calls of each operation: a few every time, and many when it may take minutes.
_EXAMPLES = [3, pytest.param(40, marks=pytest.mark.soak)]
AnyCase = Case[Any]
# Below these lies what takes something that could be wrong.
_SECTION = "/embed/v1/"
_API = ("/v1/", _SECTION)
_ORIGIN = "https://news.example"
Call = Callable[[AnyCase], Response]


def test_the_document_is_valid_and_every_operation_has_a_summary() -> None:
    validate(DOCUMENT)
    assert len(OPERATIONS) + 1 == sum(len(operations) for operations in DOCUMENT["paths"].values())
    assert [o.label for o in OPERATIONS if not o.definition.raw.get("summary")] == []


def test_an_operations_summary_is_a_sentence_and_not_a_title() -> None:
    said = [o["summary"] for path in DOCUMENT["paths"].values() for o in path.values()]
    assert "Read queue" in said
    assert [each for each in said if each.istitle() and " " in each] == []


def test_every_field_of_a_comment_is_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name in ("ArticleIn", "AuthorIn", "CommentIn", "Receipt"):
        for field, schema in schemas[name]["properties"].items():
            told = [schema, *schema.get("anyOf", [])]
            assert any(d.keys() & {"description", "$ref", "format"} for d in told), (name, field)


def test_every_label_is_defined_where_the_document_speaks_of_labels() -> None:
    said = DOCUMENT["components"]["schemas"]["Label"]["description"]
    for label, meaning in DEFINITIONS.items():
        assert f"`{label}`: {meaning}" in said
    assert "docs/labels.md" in said


def test_every_error_is_documented_as_a_problem() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if path.startswith(_API) and status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], (method, path)


_STORED = {UUID(int=number): status for number, status in enumerate(Status, start=1)}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Return settings by which no caller has called often enough to be refused."""
    embed = Embed(
        writes_per_minute=10**6,
        comments_per_minute=10**6,
        notices_per_minute=10**6,
        outcome_within=timedelta(0),
    )
    return settings.model_copy(update={"embed": embed})


@pytest.fixture
def call(
    app: FastAPI, client: TestClient, database: Database, caller: Caller, now: datetime
) -> Call:
    """Return what sends a case with the credentials that it needs; some comments are there."""
    with database.transaction() as session:
        public = public_keys.add(session, caller.site, origins=[_ORIGIN], now=now).text
        token = a_token(session, stored_moderator(session, caller.site), now=now)
        for comment_id, status in _STORED.items():
            stored_comment(session, caller.site, id=comment_id, status=status)

    def send(case: AnyCase) -> Response:
        if case.path.startswith(_SECTION):
            _make_ours(case, app.state.embed, public, caller, now)
        sent = case.as_transport_kwargs()
        credential = token if case.path.startswith("/v1/review") else caller.key
        headers = {**sent.pop("headers"), "Authorization": f"Bearer {credential}"}
        headers.pop("Cookie", None)
        if isinstance(sent.get("data"), bytes):
            sent["content"] = sent.pop("data")
        return client.request(
            sent["method"],
            sent["url"],
            params=sent.get("params"),
            json=sent.get("json"),
            content=sent.get("content"),
            headers=headers,
        )

    return send


def _make_ours(
    case: AnyCase, section: Surroundings, key: str, caller: Caller, now: datetime
) -> None:
    """Have the call come from a page of the site, with what the site has given out."""
    case.path_parameters["key"] = key
    case.headers["Origin"] = _ORIGIN
    body: Any = case.body
    if not isinstance(body, dict):
        return
    if isinstance(body.get("ticket"), str):
        opened_at = now - timedelta(minutes=1)
        body["ticket"] = tickets.issue(section.tickets, caller.site.id, now=opened_at)
    comment_id = str(case.path_parameters.get("comment_id"))
    if isinstance(body.get("token"), str) and comment_id in map(str, _STORED):
        body["token"] = section.readers.token_of(UUID(comment_id))
    if isinstance(body.get("article"), dict):
        body["article"]["url"] = f"{_ORIGIN}/article"


@pytest.mark.parametrize("examples", _EXAMPLES)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_call_meets_an_error_that_is_ours_or_undocumented(
    call: Call, subtests: pytest.Subtests, mode: GenerationMode, examples: int
) -> None:
    for operation in OPERATIONS:
        if not operation.path.startswith(_API):
            continue

        @effort(_EFFORT, max_examples=examples)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_documented(case: AnyCase) -> None:
            answer = call(case)
            case.validate_response(answer, checks=_CHECKS)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["code"]

        with subtests.test(operation.label):
            answers_as_documented()


@pytest.mark.parametrize("examples", _EXAMPLES)
def test_no_call_about_a_comment_that_is_there_meets_one_either(
    call: Call, subtests: pytest.Subtests, examples: int
) -> None:
    for operation in OPERATIONS:
        if "{comment_id}" not in operation.path:
            continue

        @effort(_EFFORT, max_examples=examples)
        @given(case=operation.as_strategy())
        def answers_as_documented(case: AnyCase) -> None:
            for comment_id in _STORED:
                case.path_parameters["comment_id"] = str(comment_id)
                case.validate_response(call(case), checks=_CHECKS)

        with subtests.test(operation.label):
            answers_as_documented()
