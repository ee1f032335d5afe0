"""Whatever is sent, and whatever is down: each dialect answers in its own shape."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from service.app import create_app
from service.db import Database
from service.dialects import coral_secrets, surroundings, verdicts
from service.sealing import Seal
from service.settings import Dialects, Limits, Settings
from service.sites import keyring
from tests.conftest import Addresses
from tests.fakes import FakePrediction, FakePredictor
from tests.service.dialects.corals import SECRET, signature
from tests.service.keys import Caller

Send = Callable[[TestClient, Caller, bytes], Response]


def _is_googles(answer: Response) -> bool:
    error = answer.json()["error"]
    return error["code"] == answer.status_code and bool(error["details"]) and bool(error["status"])


def _is_openais(answer: Response) -> bool:
    return set(answer.json()["error"]) == {"message", "type", "param", "code"}


def _is_akismets(answer: Response) -> bool:
    is_text = answer.headers["content-type"].startswith("text/plain")
    return is_text and bool(answer.headers["x-akismet-debug-help"])


def _is_corals(answer: Response) -> bool:
    return set(answer.json()) == {"error"}


@dataclass(frozen=True)
class Spoken:
    """One call of a dialect, what a good body is, and how its refusals look."""

    name: str
    path: str
    good: dict[str, object]
    refuses: Callable[[Response], bool]

    def send(self, client: TestClient, caller: Caller, body: bytes, kind: str = "") -> Response:
        headers = {**caller.headers, "X-Coral-Signature": signature(body, SECRET)}
        if kind:
            headers["Content-Type"] = kind
        return client.post(
            self.path,
            params={"key": caller.key},
            content=body,
            headers=headers,
            follow_redirects=False,
        )

    @property
    def body(self) -> bytes:
        return json.dumps(self.good).encode()


_COMMENT = {"text": "Hello."}
SPOKEN = [
    Spoken(
        "analyze",
        "/v1alpha1/comments:analyze",
        {"comment": _COMMENT, "requestedAttributes": {"TOXICITY": {}}, "spanAnnotations": True},
        _is_googles,
    ),
    Spoken(
        "suggestscore",
        "/v1alpha1/comments:suggestscore",
        {"comment": _COMMENT, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}}},
        _is_googles,
    ),
    Spoken("moderations", "/v1/moderations", {"input": "Hello."}, _is_openais),
    Spoken(
        "comment-check",
        "/1.1/comment-check",
        {"blog": "https://news.example", "user_ip": "::1", "comment_content": "Hello."},
        _is_akismets,
    ),
    Spoken("submit-ham", "/1.1/submit-ham", {"comment_content": "Hello."}, _is_akismets),
    Spoken("coral", "/coral/news", {"comment": {"body": "Hello."}}, _is_corals),
]
each_call = pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.name)


@pytest.fixture(autouse=True)
def secret(database: Database, caller: Caller, settings: Settings, now: datetime) -> None:
    seal = Seal(settings.secret.get_secret_value().encode())
    with database.transaction() as session:
        coral_secrets.add(session, caller.site, SECRET, seal=seal, now=now)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_MAX = hypothesis_settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def bodies(draw: st.DrawFn, good: dict[str, object]) -> bytes:
    """Draw nonsense, JSON, a form, or a good body with one field of another kind."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=60))
    names = [*good, "languages", "clientToken", "callback", "model", "context", "blog_charset"]
    changed = {**good, draw(st.sampled_from(names)): draw(_JSON)}
    return json.dumps(changed).encode()


@each_call
@_MAX
@given(data=st.data())
def test_nothing_that_is_sent_is_our_fault_or_answered_in_a_foreign_shape(
    client: TestClient, caller: Caller, spoken: Spoken, data: st.DataObject
) -> None:
    body = data.draw(bodies(spoken.good))
    kind = data.draw(
        st.sampled_from(
            ["application/json", "application/x-www-form-urlencoded; charset=utf-7", "", "\x7f/é"]
        )
    )
    answer = spoken.send(client, caller, body, kind.encode("ascii", "ignore").decode())
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert spoken.refuses(answer)
        assert "detail" not in answer.text[:12]


@each_call
def test_a_good_call_is_answered_by_each(
    client: TestClient, caller: Caller, spoken: Spoken
) -> None:
    answer = spoken.send(client, caller, spoken.body, "application/json")
    assert answer.status_code in (200, 204)


@pytest.fixture(scope="module")
def silent(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return the application with an address where no database is; one for all the calls."""
    settings = Settings(
        data=tmp_path_factory.mktemp("silent"),
        database_url=SecretStr("postgresql://nobody:x@127.0.0.1:1/nothing"),
        redis_url=SecretStr(servers.redis_url),
    )
    app = create_app(settings, FakePredictor())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


class TestWithoutADatabase:
    @each_call
    def test_each_says_so_in_its_own_shape(
        self, silent: TestClient, caller: Caller, spoken: Spoken
    ) -> None:
        answer = spoken.send(silent, caller, spoken.body, "application/json")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert spoken.refuses(answer)


class TestWhenTheDatabaseFallsSilent:
    """After it has answered, it is locked up; and what is remembered of it is over at once."""

    @pytest.fixture(autouse=True)
    def short_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keyring, "REMEMBERED", timedelta(0))
        for slice_ in (verdicts, coral_secrets):
            monkeypatch.setattr(slice_, "_REMEMBERED", timedelta(0))

    @contextmanager
    def locked(self, app: FastAPI, engine: Engine) -> Iterator[None]:
        # In a hurry only now: before and after, a busy machine has its time.
        hurried = Dialects.model_validate({"deadline": "PT1S", "closer_look_within": "PT1S"})
        patient = app.state.settings
        app.state.settings = patient.model_copy(update={"dialects": hurried})
        with engine.connect() as connection, connection.begin() as locking:
            for name in ("api_keys", "policies", "coral_secrets", "labelled_examples"):
                connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
            yield
            locking.rollback()
        app.state.settings = patient

    @pytest.mark.parametrize("name", ["analyze", "moderations", "comment-check", "coral"])
    def test_what_only_scores_is_answered_by_what_it_said_lately(
        self, app: FastAPI, client: TestClient, caller: Caller, engine: Engine, name: str
    ) -> None:
        [spoken] = [each for each in SPOKEN if each.name == name]
        before = spoken.send(client, caller, spoken.body, "application/json")
        with self.locked(app, engine):
            during = spoken.send(client, caller, spoken.body, "application/json")
        after = spoken.send(client, caller, spoken.body, "application/json")
        assert before.status_code == during.status_code == after.status_code < 300
        assert before.text[:8] == during.text[:8]

    @pytest.mark.parametrize("name", ["suggestscore", "submit-ham"])
    def test_what_is_to_be_kept_is_refused_in_time(
        self, app: FastAPI, client: TestClient, caller: Caller, engine: Engine, name: str
    ) -> None:
        [spoken] = [each for each in SPOKEN if each.name == name]
        assert spoken.send(client, caller, spoken.body, "application/json").is_success
        with self.locked(app, engine):
            answer = spoken.send(client, caller, spoken.body, "application/json")
        assert answer.status_code == 503
        assert spoken.refuses(answer)
        assert spoken.send(client, caller, spoken.body, "application/json").is_success

    def test_a_key_that_it_has_not_known_lately_is_refused(
        self, app: FastAPI, client: TestClient, caller: Caller, engine: Engine
    ) -> None:
        [spoken] = [each for each in SPOKEN if each.name == "analyze"]
        with self.locked(app, engine):
            answer = spoken.send(client, caller, spoken.body, "application/json")
        assert answer.status_code == 503
        assert spoken.send(client, caller, spoken.body, "application/json").is_success


class TestWithoutABroker:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})

    @each_call
    def test_each_answers_all_the_same(
        self, client: TestClient, caller: Caller, spoken: Spoken
    ) -> None:
        answer = spoken.send(client, caller, spoken.body, "application/json")
        assert answer.status_code in (200, 204)


class Broken(FakePredictor):
    def predict(self, texts: object, *, hints: object = None) -> list[FakePrediction]:
        raise RuntimeError(f"{texts} {hints}")


class TestWithABugOfOurs:
    @pytest.fixture
    def classifier(self) -> Broken:
        return Broken()

    @each_call
    def test_each_takes_the_blame_in_its_own_shape_and_keeps_the_key_to_itself(
        self,
        client: TestClient,
        caller: Caller,
        spoken: Spoken,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with capture_logs() as logged, caplog.at_level(logging.DEBUG):
            answer = spoken.send(client, caller, spoken.body, "application/json")
        assert answer.status_code == 500
        assert spoken.refuses(answer)
        # The test's own client logs the addresses that it calls.
        ours = [each.getMessage() for each in caplog.records if "httpx" not in each.name]
        # Not the address itself, of which a client may have made a key a part.
        patterns = [each["path"] for each in logged if each["event"] == "unexpected_error"]
        assert patterns == [spoken.path.replace("/news", "/{slug}")]
        assert caller.key not in f"{logged} {ours} {answer.text}"


class TestTooMuch:
    @pytest.fixture(autouse=True)
    def patience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(surroundings, "_COUNTED_WITHIN", 60)  # however slow the machine

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        few = Limits.model_validate({"reads_per_minute": 1})
        return settings.model_copy(update={"limits": few})

    @pytest.mark.parametrize("spoken", SPOKEN[:-1], ids=lambda spoken: spoken.name)
    def test_too_many_calls_are_refused_with_when_to_come_back(
        self, client: TestClient, caller: Caller, spoken: Spoken
    ) -> None:
        answers = [spoken.send(client, caller, spoken.body, "application/json") for _ in range(2)]
        assert [each.status_code for each in answers] == [200, 429]
        assert int(answers[1].headers["retry-after"]) >= 1
        assert spoken.refuses(answers[1])

    @each_call
    def test_too_large_a_body_is_refused_said_or_not(
        self, client: TestClient, caller: Caller, spoken: Spoken
    ) -> None:
        answer = spoken.send(client, caller, b"x" * 2_200_000)
        assert answer.status_code == 413
        assert spoken.refuses(answer)


class TestInAHurry:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        none = Dialects.model_validate({"deadline": "PT0.000001S"})
        return settings.model_copy(update={"dialects": none})

    @each_call
    def test_a_call_that_cannot_be_answered_in_time_is_refused_at_once(
        self, client: TestClient, caller: Caller, spoken: Spoken, app: FastAPI
    ) -> None:
        assert app
        answer = spoken.send(client, caller, spoken.body, "application/json")
        assert answer.status_code == 503
        assert spoken.refuses(answer)
