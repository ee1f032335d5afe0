"""Every field wrong in every way: a problem that says what would be right, never a 500."""

import json

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.factories.submissions import Json, a_sent_comment
from tests.service.keys import Caller

_TEXTS = {
    "article.id": 255,
    "article.url": 2000,
    "article.title": 500,
    "author.name": 100,
    "author.email": 254,
    "author.id": 255,
    "external_id": 255,
    "language": 35,
    "reader_network": 64,
}
_ABSENT = object()
_REQUIRED = [
    "article",
    "article.id",
    "article.url",
    "article.title",
    "author",
    "author.name",
    "body",
]


def _with(path: str, value: object) -> Json:
    """Return a good comment but for the field at ``path``."""
    sent: Json = json.loads(json.dumps(a_sent_comment()))
    *parents, name = path.split(".")
    place = sent
    for parent in parents:
        below = place[parent]
        assert isinstance(below, dict)
        place = below
    place[name] = value
    if value is _ABSENT:
        del place[name]
    return sent


def _post(client: TestClient, caller: Caller, sent: Json) -> Response:
    # By hand: the client would refuse to write some of these.
    return _post_raw(client, caller, json.dumps(sent).encode())


def _post_raw(
    client: TestClient,
    caller: Caller,
    body: bytes,
    content_type: str | None = "application/json",
) -> Response:
    headers = dict(caller.headers) | ({"Content-Type": content_type} if content_type else {})
    return client.post("/v1/comments", content=body, headers=headers)


def _assert_problem(answer: Response, status: int, code: str) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:parley:problem:{code}"
    assert problem["detail"].endswith(".")


def _assert_field_refused(answer: Response, path: str) -> None:
    _assert_problem(answer, 422, "fields_invalid")
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert "/" + path.replace(".", "/") in pointers
    assert "input" not in answer.json()["detail"].lower()  # pydantic's own words


def test_a_required_field_is_missed(client: TestClient, caller: Caller) -> None:
    for path in _REQUIRED:
        answer = _post(client, caller, _with(path, _ABSENT))
        _assert_field_refused(answer, path)
        assert "is required" in answer.json()["detail"]
        _assert_field_refused(_post(client, caller, _with(path, None)), path)


def test_a_text_that_is_too_long_is_told_how_long_it_may_be(
    client: TestClient, caller: Caller
) -> None:
    for path, most in _TEXTS.items():
        answer = _post(client, caller, _with(path, "x" * (most + 1)))
        _assert_field_refused(answer, path)
        assert f"at most {most} characters" in answer.json()["detail"]


@pytest.mark.parametrize("wrong", ["", " ", "\t\n", "\u200b", "a\0b", "a\nb", "\x1b[31m"], ids=repr)
def test_a_text_that_is_blank_or_cannot_be_shown_is_refused(
    client: TestClient, caller: Caller, wrong: str
) -> None:
    for path in _TEXTS:
        _assert_field_refused(_post(client, caller, _with(path, wrong)), path)


@pytest.mark.parametrize(
    "wrong", [1, 1.5, True, [], ["a"], {}, {"a": 1}, 10**400], ids=lambda _: ""
)
def test_what_is_no_text_is_refused(client: TestClient, caller: Caller, wrong: object) -> None:
    for path in (*_TEXTS, "body", "parent_id"):
        _assert_field_refused(_post(client, caller, _with(path, wrong)), path)


@pytest.mark.parametrize("wrong", ["a", 1, [], [{"id": "a"}], True], ids=repr)
def test_what_is_no_object_is_refused(client: TestClient, caller: Caller, wrong: object) -> None:
    for path in ("article", "author"):
        answer = _post(client, caller, _with(path, wrong))
        _assert_field_refused(answer, path)
        assert "must be a JSON object" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["article.id", "author.name", "body", "external_id", "article.url"]
)
def test_half_a_surrogate_pair_is_refused(client: TestClient, caller: Caller, path: str) -> None:
    answer = _post(client, caller, _with(path, "\ud800"))
    _assert_problem(answer, 400, "malformed_json")
    assert "surrogate" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "body_empty"),
        (" \r\n\t", "body_empty"),
        ("\u200b\u3164", "body_empty"),
        ("x" * 1501, "body_too_long"),
        ("👍" * 1501, "body_too_long"),
        ("a\0b", "body_has_unfit_character"),
        ("a\x0bb", "body_has_unfit_character"),
        ("\uffff", "body_has_unfit_character"),
    ],
    ids=lambda given: repr(given)[:12],
)
def test_a_body_that_is_none_is_refused(
    client: TestClient, caller: Caller, body: str, code: str
) -> None:
    answer = _post(client, caller, a_sent_comment(body=body))
    _assert_problem(answer, 422, code)
    assert answer.json()["errors"][0]["pointer"] == "/body"
    if code == "body_too_long":
        assert "1501" in answer.json()["detail"]
        assert "1500" in answer.json()["detail"]


@pytest.mark.parametrize("body", ["x" * 1500, "👍" * 1500, "и\u0306" * 1500, "a\r\n" * 750])
def test_a_body_of_just_so_many_characters_passes(
    client: TestClient, caller: Caller, body: str
) -> None:
    assert _post(client, caller, a_sent_comment(body=body)).status_code == 202


@pytest.mark.parametrize(
    ("path", "wrong", "hint"),
    [
        ("article.url", "javascript:alert(1)", "begins with http"),
        ("article.url", "news.example/a", "begins with http"),
        ("author.email", "malika", "must be an e-mail address"),
        ("language", "kazakh language", "must be a language tag"),
        ("reader_network", "203.0.113.999", "must be an IP address"),
        ("parent_id", "7", "must be a UUID"),
        ("parent_id", "g" * 36, "must be a UUID"),
    ],
)
def test_what_would_be_right_is_said(
    client: TestClient, caller: Caller, path: str, wrong: str, hint: str
) -> None:
    answer = _post(client, caller, _with(path, wrong))
    _assert_field_refused(answer, path)
    assert hint in answer.json()["detail"]
    assert wrong not in answer.text  # what was sent is never repeated


@pytest.mark.parametrize("path", ["externalId", "article.slug", "author.e/mail", "a~b", "1"])
def test_a_field_that_nobody_knows_is_named(client: TestClient, caller: Caller, path: str) -> None:
    answer = _post(client, caller, _with(path, "x"))
    _assert_problem(answer, 422, "fields_invalid")
    assert "is not a field of this request" in answer.json()["detail"]


_BROKEN = [
    b"",
    b" ",
    b"{",
    b'{"body": "a}',
    b"{'body': 'a'}",
    b"\xff\xfe",
    b'{"body": "\xff"}',
    '{"body": "a"}'.encode("utf-16"),
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"body": ' + b"9" * 5000 + b"}",
    b'{"body": "a"} trailing',
    b'{"body": "a\nb"}',
]


def test_what_is_no_json_is_refused(client: TestClient, caller: Caller) -> None:
    for body in _BROKEN:
        _assert_problem(_post_raw(client, caller, body), 400, "malformed_json")


def test_json_that_is_no_object_is_refused(client: TestClient, caller: Caller) -> None:
    for body in (b"null", b"1", b'"a"', b"[]", b"true"):
        answer = _post_raw(client, caller, body)
        _assert_problem(answer, 422, "fields_invalid")
        assert answer.json()["detail"] == "The body must be a JSON object."


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/xml", "json", "multipart/form-data"]
)
def test_what_is_not_called_json_is_refused(
    client: TestClient, caller: Caller, content_type: str | None
) -> None:
    body = json.dumps(a_sent_comment()).encode()
    answer = _post_raw(client, caller, body, content_type)
    _assert_problem(answer, 415, "content_type_not_json")


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "APPLICATION/JSON", "application/activity+json"],
)
def test_what_is_called_json_in_other_ways_passes(
    client: TestClient, caller: Caller, content_type: str
) -> None:
    body = json.dumps(a_sent_comment()).encode()
    assert _post_raw(client, caller, body, content_type).status_code == 202


def test_a_megabyte_is_refused_with_and_without_its_length(
    client: TestClient, caller: Caller
) -> None:
    body = json.dumps(a_sent_comment(body="x" * 1_000_000)).encode()
    _assert_problem(_post_raw(client, caller, body), 413, "body_too_large")
    in_chunks = client.post(
        "/v1/comments",
        content=(body[at : at + 4096] for at in range(0, len(body), 4096)),
        headers={**caller.headers, "Content-Type": "application/json"},
    )
    _assert_problem(in_chunks, 413, "body_too_large")


_READS = [
    ("/v1/comments/7", 422, "fields_invalid"),
    ("/v1/comments/%00", 422, "fields_invalid"),
    ("/v1/comments/00000000-0000-7000-8000-000000000000", 404, "comment_not_found"),
    ("/v1/articles/unknown/comments", 404, "article_not_found"),
    ("/v1/articles/a%00b/comments", 422, "fields_invalid"),
    ("/v1/articles/%20/comments", 422, "fields_invalid"),
    (f"/v1/articles/{'x' * 256}/comments", 422, "fields_invalid"),
    ("/v1/articles/a/comments?cursor=nonsense", 404, "article_not_found"),
    ("/v1/articles/a/comments?limit=0", 422, "fields_invalid"),
    ("/v1/articles/a/comments?limit=201", 422, "fields_invalid"),
    ("/v1/articles/a/comments?limit=" + "9" * 5000, 422, "fields_invalid"),
    ("/v1/articles/a/comments?order=best", 422, "fields_invalid"),
    ("/v1/articles/counts", 422, "fields_invalid"),
    ("/v1/articles/counts?ids=", 422, "fields_invalid"),
    ("/v1/articles/counts?ids=a%00", 422, "fields_invalid"),
    ("/v1/articles/counts?" + "&".join(["ids=a"] * 101), 422, "fields_invalid"),
    ("/v1/nothing", 404, "not_found"),
]


def test_a_read_of_what_is_not_there_says_so(client: TestClient, caller: Caller) -> None:
    for path, status, code in _READS:
        _assert_problem(client.get(path, headers=caller.headers), status, code)
