import http
from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from service import errors, problems
from service.errors import FieldProblem, ModerationError
from service.moderators.page_route import PageRoute
from tests.service.keys import Caller


class _Sent(BaseModel):
    text: Annotated[str, Field(min_length=2, max_length=4)]
    number: Annotated[int, Field(ge=1, le=9)]


def _client(error: Exception | None = None) -> TestClient:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    def fails() -> None:
        if error:
            raise error

    @app.post("/")
    def takes(sent: _Sent) -> str:
        return sent.text

    return TestClient(app, raise_server_exceptions=False)


def _kinds(kind: type[ModerationError]) -> list[type[ModerationError]]:
    return [kind, *(leaf for below in kind.__subclasses__() for leaf in _kinds(below))]


def test_every_error_has_a_status_and_a_code_of_its_own_kind() -> None:
    for kind in _kinds(ModerationError)[1:]:
        error = kind.__new__(kind)
        assert 400 <= problems.status_of(error) <= 503
        assert kind.code != ModerationError.code


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (errors.NotFound("Not there."), 404, None),
        (errors.Conflict("Not now."), 409, None),
        (errors.Gone("Erased."), 410, None),
        (errors.Invalid("Not so."), 422, None),
        (errors.Unauthenticated("Who?"), 401, ("www-authenticate", "Bearer")),
        (errors.Forbidden("Not you."), 403, None),
        (errors.Unavailable("Silent."), 503, ("retry-after", "5")),
        (
            errors.RateLimited("Slower.", retry_after=timedelta(seconds=7)),
            429,
            ("retry-after", "7"),
        ),
    ],
)
def test_the_kind_of_an_error_decides_its_status(
    error: ModerationError, status: int, header: tuple[str, str] | None
) -> None:
    answer = _client(error).get("/")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": f"urn:parley:problem:{error.code}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "code": error.code,
        "detail": error.detail,
    }
    if header:
        assert answer.headers[header[0]] == header[1]


def test_the_fields_of_an_error_are_told() -> None:
    error = errors.Invalid("Not so.", fields=(FieldProblem("/a/b", "must be c"),))
    answer = _client(error).get("/")
    assert answer.json()["errors"] == [{"pointer": "/a/b", "detail": "must be c"}]


def test_our_own_fault_tells_nothing_of_itself() -> None:
    answer = _client(RuntimeError("the reader wrote: secret")).get("/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (RuntimeError("ours"), "unexpected_error"),
        (OperationalError("SELECT 1", {}, Exception("gone")), "database_silent"),
    ],
)
@pytest.mark.parametrize("route_class", [APIRoute, PageRoute])
def test_a_secret_in_an_address_is_not_logged(
    error: Exception, event: str, route_class: type[APIRoute]
) -> None:
    app = FastAPI()
    problems.install(app)
    router = APIRouter(prefix="/review", route_class=route_class)

    @router.get("/password/{token}")
    def fails(token: str) -> None:
        assert token == "one-time"  # noqa: S105 - no secret of ours
        raise error

    app.include_router(router)
    with capture_logs() as logged:
        client = TestClient(app, raise_server_exceptions=False)
        assert client.get("/review/password/one-time").status_code >= 500
    [line] = [each for each in logged if each["event"] == event]
    assert line["route"] == "/review/password/{token}"
    assert not any("one-time" in str(each) for each in logged)


@pytest.mark.parametrize(
    ("sent", "pointer", "detail"),
    [
        ({"number": 1}, "/text", "is required"),
        ({"text": "a", "number": 1}, "/text", "must have at least 2 character(s)"),
        ({"text": "abcde", "number": 1}, "/text", "must have at most 4 characters"),
        ({"text": 1, "number": 1}, "/text", "must be a string"),
        ({"text": "ab", "number": 0}, "/number", "must be at least 1"),
        ({"text": "ab", "number": 10}, "/number", "must be at most 9"),
        ({"text": "ab", "number": "x"}, "/number", "must be a whole number"),
        ({"text": "ab", "number": 1.5}, "/number", "must be a whole number"),
        ({"text": "ab", "number": None}, "/number", "must be a whole number"),
    ],
)
def test_a_wrong_field_is_told_what_would_be_right(
    sent: dict[str, object], pointer: str, detail: str
) -> None:
    answer = _client().post("/", json=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": detail}]
    assert answer.json()["detail"] == f"{pointer.strip('/')} {detail}."


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_body"),
        (b"\xff", 400, "malformed_body"),
        (b'{"text": ' + b"9" * 5000 + b"}", 400, "malformed_body"),
        (b'{"text": "\\ud800", "number": 1}', 422, "fields_invalid"),
        (b"[]", 422, "fields_invalid"),
        (b"null", 422, "fields_invalid"),
        (b"", 422, "fields_invalid"),
    ],
    ids=lambda given: repr(given)[:12],
)
def test_a_broken_body_is_told_so(body: bytes, status: int, code: str) -> None:
    answer = _client().post("/", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_is_not_called_json_is_told_so(content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = _client().post("/", content=b'{"text": "ab", "number": 1}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_not_json")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("DELETE", "/", 405, "method_not_allowed")],
)
def test_the_frameworks_own_errors_are_problems_too(
    method: str, path: str, status: int, code: str
) -> None:
    answer = _client().request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/comments/01a212e0-0000-7000-8000-000000000000", "GET, PUT, DELETE"),
        ("/v1/review/claims", "GET, POST, PUT, DELETE"),
        ("/v1/review/queue", "GET"),
    ],
)
def test_an_address_names_the_methods_of_all_its_routes(
    client: TestClient, path: str, allowed: str
) -> None:
    answer = client.patch(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_ten_thousand_wrong_names_are_answered_in_short(client: TestClient, caller: Caller) -> None:
    wrong = {f"{'x' * 500}{number}": 1 for number in range(10)} | dict.fromkeys(
        map(str, range(3000)), 1
    )
    answer = client.post("/v1/comments", json=wrong, headers=caller.headers)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 20
    assert len(answer.content) < 10_000
