"""Akismet's calls, by a real client of it and as its documentation has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Any

import akismet
import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, select
from sqlalchemy import text as sql

from ml.labels import Label
from service import db
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.dialects import akismet_callbacks
from service.dialects.akismet import THANKS
from service.dialects.tables import AkismetCallback
from service.dialects.verdicts import JUDGED_MAX_CHARS
from service.examples import queries as examples
from service.examples.origin import Origin, Trust
from service.policy import actions as policies
from service.policy.document import PolicyDocument
from service.sealing import Seal
from service.settings import Dialects, Settings
from service.sites import actions as sites
from tests.fakes import FakePredictor
from tests.running import wait_until
from tests.service.keys import Caller

CHECK = "/1.1/comment-check"
CALLBACK = "https://news.example/wp-json/akismet/v1/webhook"


@pytest.fixture(autouse=True)
def policy(database: Database, caller: Caller, now: datetime) -> None:
    """Have spam rejected, toxicity held."""
    thresholds = {"spam": {"hold": 0.5, "reject": 0.9}, "toxicity": {"hold": 0.4}}
    document = PolicyDocument.model_validate({"thresholds": thresholds})
    with database.transaction() as session:
        policies.save(session, caller.site.id, document, note="", saved_by="test", now=now)


def form(caller: Caller, words: str = "Hello.", **more: str) -> dict[str, str]:
    return {
        "api_key": caller.key,
        "blog": "https://news.example/",
        "user_ip": "203.0.113.7",
        "comment_content": words,
        "comment_author": "Malika",
        **more,
    }


def check(client: TestClient, caller: Caller, words: str, **more: str) -> Response:
    return client.post(CHECK, data=form(caller, words, **more))


class ToUs(httpx.BaseTransport):
    """Sends what is meant for the vendor's host to ours, as a hosts entry would."""

    def __init__(self, address: str) -> None:
        self._to = httpx.URL(address)
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=self._to.host, port=self._to.port)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def vendors(address: str, caller: Caller) -> Iterator[akismet.SyncClient]:
    config = akismet.Config(key=caller.key, url="https://news.example/")
    with httpx.Client(transport=ToUs(address), timeout=20) as http:
        yield akismet.SyncClient(config=config, http_client=http)


def test_the_python_client_is_content_with_all_that_it_can_ask(vendors: akismet.SyncClient) -> None:
    assert vendors.verify_key()
    ip = "203.0.113.7"
    ham = vendors.comment_check(user_ip=ip, comment_content="Hello.")
    held = vendors.comment_check(user_ip=ip, comment_content="You idiot.")
    spam = vendors.comment_check(user_ip=ip, comment_content="Best casino.")
    assert (ham, held, spam) == (
        akismet.CheckResponse.HAM,
        akismet.CheckResponse.SPAM,
        akismet.CheckResponse.SPAM,
    )
    assert vendors.submit_spam(user_ip=ip, comment_content="Hello.")
    assert vendors.submit_ham(user_ip=ip, comment_content="Best casino.")
    assert vendors.usage_limit()["limit"] == "none"


def test_the_python_client_knows_our_refusal_of_a_key(address: str) -> None:
    config = akismet.Config(key="wrong", url="https://news.example/")
    with httpx.Client(transport=ToUs(address), timeout=20) as http:
        client = akismet.SyncClient(config=config, http_client=http)
        assert not client.verify_key()
        with pytest.raises(akismet.APIKeyError):
            client.comment_check(user_ip="203.0.113.7", comment_content="Hello.")


@pytest.mark.parametrize("field", ["key", "api_key"])
def test_a_key_is_verified_under_either_name(
    client: TestClient, caller: Caller, field: str
) -> None:
    for key, said in ((caller.key, "valid"), ("wrong", "invalid")):
        answer = client.post("/1.1/verify-key", data={field: key, "blog": "https://news.example"})
        assert (answer.status_code, answer.text) == (200, said)


def test_a_key_may_be_a_part_of_the_host_name(
    client: TestClient, database: Database, caller: Caller, now: datetime
) -> None:
    with database.transaction() as session:
        _, key = sites.issue_key(
            session, caller.site, name="old", for_host_names=True, by="test", now=now
        )
    assert len(key) <= 63
    sent = form(caller)
    del sent["api_key"]
    for host, said in ((f"{key.upper()}.rest.example", "false"), ("rest.example", "invalid")):
        answer = client.post(CHECK, data=sent, headers={"Host": host})
        assert answer.text == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"comment_author": "viagra-test-123"}, "true"),
        ({"comment_author_email": "akismet-guaranteed-spam@example.com"}, "true"),
        ({"user_role": "administrator", "comment_content": "Best casino."}, "false"),
        ({"honeypot_field_name": "website2", "website2": "x"}, "true"),
        ({"honeypot_field_name": "website2", "website2": ""}, "false"),
        ({"comment_content": "<b>Best</b> <i>cas</i>ino."}, "true"),
        ({"comment_content": ""}, "false"),
        ({"comment_context[0]": "news", "POST_a[b][]": "x", "HTTP_COOKIE": "secret"}, "false"),
    ],
)
def test_what_needs_no_judgement_and_what_does(
    client: TestClient, caller: Caller, more: dict[str, str], said: str
) -> None:
    answer = client.post(CHECK, data=form(caller) | more)
    assert (answer.status_code, answer.text) == (200, said)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-akismet-guid"]
    assert "x-akismet-debug-help" not in answer.headers


def test_a_held_comment_goes_to_the_blogs_own_spam_queue(
    client: TestClient, caller: Caller
) -> None:
    answer = check(client, caller, "You idiot.")
    assert answer.text == "true"
    assert "x-akismet-pro-tip" not in answer.headers


def test_of_an_endless_text_only_the_beginning_is_read(
    client: TestClient, caller: Caller, classifier: FakePredictor
) -> None:
    assert check(client, caller, "Hello. " * 100_000).text == "false"
    assert max(map(len, classifier.asked)) == JUDGED_MAX_CHARS


@pytest.mark.parametrize("name", ["blog", "user_ip"])
def test_a_missing_field_is_named(client: TestClient, caller: Caller, name: str) -> None:
    sent = form(caller)
    del sent[name]
    answer = client.post(CHECK, data=sent)
    assert answer.text == answer.headers["x-akismet-debug-help"]
    assert answer.text == f"Missing required field: {name}."


@pytest.mark.parametrize(
    ("charset", "more"),
    [("windows-1251", {}), ("koi8-r", {"blog_charset": "koi8-r"}), ("utf-8", {})],
)
def test_a_form_is_read_in_its_charset(
    client: TestClient, caller: Caller, database: Database, charset: str, more: dict[str, str]
) -> None:
    pairs = form(caller, "Привет, дедушка", **more)
    body = b"&".join(
        name.encode() + b"=" + "".join(f"%{byte:02x}" for byte in value.encode(charset)).encode()
        for name, value in pairs.items()
    )
    kind = "application/x-www-form-urlencoded"
    headers = {"Content-Type": kind if more else f"{kind}; charset={charset}"}
    assert client.post("/1.1/submit-spam", content=body, headers=headers).text == THANKS
    with database.transaction() as session:
        [example] = examples.of_site(session, caller.site.id)
    assert example.text == pairs["comment_content"]


def test_corrections_become_examples_and_the_last_one_counts(
    client: TestClient, caller: Caller, database: Database
) -> None:
    client.post("/1.1/submit-spam", data=form(caller, "Hello."))
    client.post("/1.1/submit-ham", data=form(caller, "Hello.", reporter="editor"))
    client.post("/1.1/submit-spam", data=form(caller, "Only a test.", is_test="1"))
    with database.transaction() as session:
        [example] = examples.of_site(session, caller.site.id)
    assert (example.text, example.labels) == ("Hello.", {Label.SPAM: 0.0})
    assert (example.origin, example.trust) == (Origin.AKISMET, Trust.MODERATOR)


def test_corals_json_is_a_form_too(client: TestClient, caller: Caller) -> None:
    sent = {"comment_content": "Best casino.", "comment_author": "Malika", "api_key": caller.key}
    assert client.post("/1.1/submit-spam", json=sent).text == THANKS


def test_checks_are_counted_by_blog_and_month(client: TestClient, caller: Caller) -> None:
    for text in ("Hello.", "Hello again.", "Best casino."):
        check(client, caller, text)
    check(client, caller, "Only a test.", is_test="true")
    usage = {"limit": "none", "usage": 3, "percentage": "0.00", "throttled": False}

    def asked() -> Any:  # noqa: ANN401 - JSON
        return client.get("/1.2/usage-limit", params={"api_key": caller.key}).json()

    wait_until(lambda: bool(asked() == usage), seconds=10)
    sites_of = client.post("/1.2/key-sites", data={"api_key": caller.key}).json()
    [row] = sites_of["2026-11"]
    assert row == {
        "site": "news.example",
        "api_calls": "3",
        "spam": "1",
        "ham": "2",
        "missed_spam": "0",
        "false_positives": "0",
        "is_revoked": False,
    }
    lines = client.get(
        "/1.2/key-sites", params={"api_key": caller.key, "format": "csv", "month": "2026-11"}
    ).text.splitlines()
    assert lines[0].endswith("during 2026-11 (limit:500, offset: 0, total: 1)")
    assert lines[2] == "news.example,3,1,2,0,0,False"
    assert caller.key not in "".join(lines)


@pytest.mark.parametrize(
    ("path", "said"), [("/1.1/deactivate", "deactivated"), ("/1.1/get-stats", '{"spam":0')]
)
def test_the_plugins_settings_screens_get_their_answers(
    client: TestClient, caller: Caller, path: str, said: str
) -> None:
    assert client.post(path, data={"key": caller.key}).text.startswith(said)
    assert client.get("/1.1/test").status_code == 200
    subscription = client.post("/1.1/get-subscription", data={"key": caller.key}).json()
    assert subscription["status"] == "active"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", CHECK, 405), ("POST", "/1.1/nothing", 404), ("POST", "/1.2/", 404)],
)
def test_wrong_addresses_are_neither_true_nor_false(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert answer.text not in ("true", "false")
    assert answer.headers["x-akismet-debug-help"]


class TestWordPress:
    """What the plugin sends, and what it must get for its comment to wait for our moderators."""

    def sent(self, **more: str) -> dict[str, str]:
        return {
            "callback": CALLBACK,
            "comment_post_ID": "12",
            "comment_author_email": "malika@example.org",
            "permalink": "https://news.example/2026/11/border/",
            **more,
        }

    def test_is_told_to_wait_for_a_held_comment(
        self, client: TestClient, caller: Caller, database: Database, settings: Settings
    ) -> None:
        answer = check(client, caller, "You idiot.", **self.sent())
        assert answer.text == "false"
        assert int(answer.headers["x-akismet-recheck-after"]) > 0
        with database.transaction() as session:
            callback = session.scalars(select(AkismetCallback)).one()
            comment = session.get_one(Comment, callback.comment_id)
        assert str(callback.guid) == answer.headers["x-akismet-guid"]
        assert (comment.body, comment.site_id) == ("You idiot.", caller.site.id)
        assert caller.key.encode() not in callback.sealed_key
        seal = Seal(settings.secret.get_secret_value().encode())
        assert seal.open(callback.sealed_key) == caller.key

    @pytest.mark.parametrize(
        ("text", "said", "more"),
        [
            ("Hello.", "false", {}),
            ("Best casino.", "true", {}),
            ("You idiot.", "true", {"callback": "https://elsewhere.example/hook"}),
            ("You idiot.", "true", {"is_test": "1"}),
            ("You idiot. " * 200, "true", {}),
        ],
    )
    def test_is_answered_at_once_where_nobody_has_to_look_or_nobody_can(
        self, client: TestClient, caller: Caller, text: str, said: str, more: dict[str, str]
    ) -> None:
        answer = check(client, caller, text, **self.sent(**more))
        assert answer.text == said
        assert "x-akismet-recheck-after" not in answer.headers

    @pytest.mark.parametrize("decided", [None, Status.APPROVED, Status.REJECTED])
    def test_that_asks_again_puts_no_second_comment_there_and_hears_what_was_decided(
        self, client: TestClient, caller: Caller, database: Database, decided: Status | None
    ) -> None:
        first = check(client, caller, "You idiot.", **self.sent())
        with database.transaction() as session:
            comment = session.scalars(select(Comment)).one()
            if decided is not None:
                decisions.record(
                    session,
                    comment,
                    decided,
                    actor=Actor.SITE,
                    reason="test",
                    now=comment.created_at,
                )
        again = check(client, caller, "You idiot.", **self.sent(recheck_reason="recheck_queue"))
        assert again.text == ("true" if decided is Status.REJECTED else "false")
        waits = "x-akismet-recheck-after" in again.headers
        assert waits is (decided is None)
        guids = {answer.headers["x-akismet-guid"] for answer in (first, again)[: 1 + waits]}
        with database.transaction() as session:
            assert len(session.scalars(select(Comment.id)).all()) == 1
            called_back = session.scalars(select(AkismetCallback.guid)).all()
        assert {str(guid) for guid in called_back} == guids

    def test_that_somebody_else_wrote_the_same_is_another_comment(
        self, client: TestClient, caller: Caller, database: Database
    ) -> None:
        for more in ({}, {"comment_author": "Karim"}, {"comment_post_ID": "13"}):
            assert check(client, caller, "You idiot.", **self.sent(**more)).text == "false"
        with database.transaction() as session:
            assert len(session.scalars(select(Comment.id)).all()) == 3


class TestWordPressAndADatabaseThatHangs:
    @pytest.fixture(autouse=True)
    def patient_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # What waits for the lock still waits when a busy machine comes to release it.
        monkeypatch.setattr(db, "_PATIENCE", "-c lock_timeout=60s")

    @contextmanager
    def locked(self, app: FastAPI, engine: Engine) -> Iterator[None]:
        # In a hurry only now: before and after, a busy machine has its time.
        hurried = Dialects.model_validate({"deadline": "PT2S", "closer_look_within": "PT1S"})
        patient = app.state.settings
        app.state.settings = patient.model_copy(update={"dialects": hurried})
        with engine.connect() as connection, connection.begin() as locking:
            connection.execute(sql("LOCK TABLE comments IN ACCESS EXCLUSIVE MODE"))
            yield
            locking.rollback()
        app.state.settings = patient

    def test_hears_so_in_time_and_finds_the_comment_when_it_asks_again(
        self, app: FastAPI, client: TestClient, caller: Caller, database: Database, engine: Engine
    ) -> None:
        sent = TestWordPress().sent()
        assert check(client, caller, "Hello.", **sent).text == "false"
        with self.locked(app, engine):
            began = monotonic()
            answer = check(client, caller, "You idiot.", **sent)
            took = monotonic() - began
        assert answer.status_code == 503
        assert answer.headers["x-akismet-debug-help"]
        assert took < 30

        def is_there() -> bool:
            with database.transaction() as session:
                return len(session.scalars(select(AkismetCallback)).all()) == 1

        wait_until(is_there, seconds=120)
        assert check(client, caller, "You idiot.", **sent).text == "false"
        with database.transaction() as session:
            assert len(session.scalars(select(Comment.id)).all()) == 1


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        (CALLBACK, True),
        ("https://www.news.example/hook", True),
        ("https://news.example:8443/hook", False),
        ("http://news.example/hook", False),
        ("https://news.example.evil.example/hook", False),
        ("https://evil.example/?news.example", False),
        ("https://user:pass@news.example/hook", False),
        ("https://news.example@evil.example/hook", False),
        ("https://[::1", False),
        ("gopher://news.example/", False),
    ],
)
def test_only_the_sites_own_host_is_called_back(url: str, *, is_allowed: bool) -> None:
    found = akismet_callbacks.is_of_site(url, "https://news.example", allow_http=False)
    assert found is is_allowed
