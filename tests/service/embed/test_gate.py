"""From whose page a call comes, and how often."""

from dataclasses import replace
from datetime import datetime

import pytest
import redis
from fastapi.testclient import TestClient

from service.db import Database
from service.embed import public_keys
from service.settings import Embed
from tests.service.embed.conftest import ARTICLE, ORIGIN, Page
from tests.service.keys import Caller

WRITES = [
    ("POST", "/comments"),
    ("POST", "/own"),
    ("POST", "/second-thought"),
    ("POST", "/reactions"),
    ("PUT", "/comments/00000000-0000-7000-8000-000000000000"),
    ("DELETE", "/comments/00000000-0000-7000-8000-000000000000"),
    ("POST", "/comments/00000000-0000-7000-8000-000000000000/reports"),
    ("POST", "/comments/00000000-0000-7000-8000-000000000000/notices"),
]
READS = [
    ("GET", f"/article?article={ARTICLE['id']}"),
    ("GET", "/ticket"),
    ("GET", f"/comments?article={ARTICLE['id']}"),
    ("GET", "/comments/00000000-0000-7000-8000-000000000000"),
    ("GET", "/comments/00000000-0000-7000-8000-000000000000/replies"),
    ("GET", f"/counts?article={ARTICLE['id']}"),
]


@pytest.mark.parametrize(("method", "path"), READS + WRITES)
def test_a_page_of_the_key_may_read_the_answer_errors_too(
    page: Page, method: str, path: str
) -> None:
    answer = page.call(method, path, json={} if method in {"POST", "PUT"} else None)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(("method", "path"), READS + WRITES)
@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "http://news.example",
        "https://news.example:8443",
        "https://news.example.elsewhere.example",
        "https://sub.news.example",
        "https://news.example/",
        "null",
        "",
        "file://",
        "https://$(rm -rf)",
    ],
)
def test_another_origins_page_is_refused_and_told_what_would_be_right(
    page: Page, method: str, path: str, origin: str
) -> None:
    answer = replace(page, origin=origin).call(method, path)
    assert answer.status_code == 403
    problem = answer.json()
    assert problem["code"] == "origin_not_allowed"
    assert "parley site public-key add SITE --origin" in problem["detail"]
    assert "rm -rf" not in problem["detail"]
    assert answer.headers["access-control-allow-origin"] == origin


def test_the_refusal_names_the_origin_to_be_added(page: Page) -> None:
    answer = replace(page, origin="https://elsewhere.example").get("/ticket")
    assert answer.json()["detail"].endswith("--origin https://elsewhere.example`.")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_call_that_changes_something_names_its_origin(page: Page, method: str, path: str) -> None:
    answer = page.call(method, path, headers={"Origin": None})
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_missing")


@pytest.mark.parametrize("fetched_from", [None, "none", "same-origin"])
def test_a_programs_read_needs_no_origin(page: Page, fetched_from: str | None) -> None:
    headers = {"Origin": None, "Sec-Fetch-Site": fetched_from}
    answer = page.call("GET", "/ticket", headers=headers)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("fetched_from", ["cross-site", "same-site"])
def test_a_strangers_page_is_not_let_in_for_leaving_its_origin_out(
    page: Page, fetched_from: str
) -> None:
    headers = {"Origin": None, "Sec-Fetch-Site": fetched_from}
    answer = page.call("GET", "/ticket", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")


class TestPreflight:
    ASKED = {"Access-Control-Request-Method": "PUT"}  # noqa: RUF012

    def test_a_page_of_the_key_may_send_what_the_section_sends(self, page: Page) -> None:
        answer = page.call("OPTIONS", "/comments", headers=self.ASKED)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE"
        assert answer.headers["access-control-allow-headers"] == "Content-Type, X-Reader-Token"
        assert answer.headers["access-control-max-age"] == "7200"

    def test_another_page_may_not(self, page: Page) -> None:
        there = replace(page, origin="https://elsewhere.example")
        answer = there.call("OPTIONS", "/comments", headers=self.ASKED)
        assert answer.status_code == 403

    def test_a_question_that_is_no_preflight_is_answered_as_a_call(self, page: Page) -> None:
        assert page.call("OPTIONS", "/comments").status_code == 405


@pytest.mark.parametrize(
    "key",
    ["pk_AAAAAAAAAAAAAAAAAAAAAA", "pk_", "x", "pk_' OR 1=1", "parley_00000000_x", "%00", "ж" * 25],
)
def test_a_key_that_is_none_opens_nothing(page: Page, key: str) -> None:
    answer = replace(page, key=key).get("/ticket")
    assert (answer.status_code, answer.json()["code"]) == (404, "public_key_not_known")
    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_a_revoked_key_opens_nothing(page: Page, database: Database, now: datetime) -> None:
    with database.transaction() as session:
        public_keys.revoke(session, page.site, page.key, now=now)
    assert page.get("/ticket").json()["code"] == "public_key_not_known"


def test_a_key_serves_pages_of_all_its_origins(
    page: Page, database: Database, caller: Caller, now: datetime
) -> None:
    origins = ["https://News.Example:443", "http://localhost:8080", "https://новости.example"]
    with database.transaction() as session:
        key = public_keys.add(session, caller.site, origins=origins, now=now)
    for origin in (
        "https://news.example",
        "http://localhost:8080",
        "https://xn--b1amnebsh.example",
    ):
        assert replace(page, key=key.text, origin=origin).get("/ticket").status_code == 200


def test_a_body_that_is_too_large_is_refused_so_that_the_page_can_read_it(page: Page) -> None:
    answer = page.post("/own", {"comments": "x" * 300_000})
    assert answer.status_code == 413
    assert answer.headers["access-control-allow-origin"] == ORIGIN


class TestLimits:
    @pytest.fixture
    def embed(self, embed: Embed) -> Embed:
        return embed.model_copy(update={"reads_per_minute": 5, "writes_per_minute": 2})

    def test_one_address_calls_so_often_in_a_minute(self, page: Page) -> None:
        assert [page.get("/ticket").status_code for _ in range(6)] == [200] * 5 + [429]
        answer = page.get("/ticket")
        assert answer.json()["code"] == "rate_limited"
        assert answer.headers["access-control-expose-headers"] == "Retry-After"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert page.post("/own", {}).status_code == 422
        assert page.post("/own", {}).status_code == 422
        assert page.post("/own", {}).status_code == 429

    def test_another_address_is_counted_for_itself(self, page: Page) -> None:
        for last in range(1, 4):
            there = replace(page, address=f"198.51.100.{last}")
            assert [there.get("/ticket").status_code for _ in range(6)] == [200] * 5 + [429]

    def test_one_subscribers_many_addresses_count_as_one(self, page: Page) -> None:
        codes = [
            replace(page, address=f"2001:db8::{last:x}").get("/ticket").status_code
            for last in range(1, 7)
        ]
        assert codes == [200] * 5 + [429]

    def test_wrong_keys_are_counted_before_they_are_looked_up(self, page: Page) -> None:
        codes = [
            replace(page, key=f"pk_{number:022}").get("/ticket").status_code for number in range(6)
        ]
        assert codes == [404] * 5 + [429]


def test_no_address_is_kept_for_the_limits(page: Page, redis_url: str) -> None:
    page.send()
    with redis.Redis.from_url(redis_url) as client:
        keys = client.keys("*embed-*")
        kept = b" ".join([*keys, *(client.get(key) or b"" for key in keys)])
    assert b"embed-" in kept
    assert b"203.0.113" not in kept


@pytest.mark.parametrize(
    "address", ["/embed/v1/", "/embed/v1", "/embed/v1/x", "/embed/v2/x/ticket"]
)
def test_other_addresses_are_nothing(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404
