import re

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from service import problems
from service.middleware import LimitBody, RequestId


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(LimitBody, max_bytes=100)
    app.add_middleware(RequestId)

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    return TestClient(app)


def test_a_request_id_is_made_and_sent_back(client: TestClient) -> None:
    ids = {client.post("/").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}", each) for each in ids)


def test_a_given_request_id_is_kept_if_it_can_stand_in_a_log(client: TestClient) -> None:
    def answered(given: str) -> str:
        headers = {b"X-Request-ID": given.encode("latin-1")}
        found: str = client.post("/", headers=headers).headers["x-request-id"]
        return found

    assert answered("trace-17") == "trace-17"
    for unfit in ("", "x" * 65, "a\tb", "\xff"):
        assert answered(unfit) != unfit


def test_a_body_up_to_the_limit_passes(client: TestClient) -> None:
    assert client.post("/", content=b"x" * 100).json() == 100


def test_a_body_over_the_limit_is_refused_by_its_length_or_while_it_is_read(
    client: TestClient,
) -> None:
    def in_chunks() -> object:
        yield from (b"x" * 50, b"x" * 50, b"x")

    declared = client.post("/", content=b"x" * 101)
    read = client.post("/", content=in_chunks())  # type: ignore[arg-type] # a generator of bytes
    for answer in (declared, read):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert "more than 100 bytes" in answer.json()["detail"]
        assert "x-request-id" in answer.headers


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", ""])
def test_a_length_that_is_no_number_is_not_believed(client: TestClient, length: str) -> None:
    answer = client.post("/", content=b"x" * 101, headers={"Content-Length": length})
    assert answer.status_code == 413
