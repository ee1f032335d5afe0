"""Coral's external moderation phase, against a simulator of Coral."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from fastapi.testclient import TestClient

from ml.labels import Language
from service.db import Database
from service.dialects import coral_secrets
from service.dialects.coral import is_signed
from service.dialects.coral_secrets import CoralSecretInvalid, TooManyCoralSecrets
from service.policy import actions as policies
from service.policy.document import PolicyDocument
from service.sealing import Seal
from service.settings import Dialects, Settings
from tests.fakes import FakePrediction, FakePredictor
from tests.service.dialects.corals import (
    NEXT_SECRET,
    SECRET,
    Status,
    ask,
    body_of,
    signature,
    told,
)
from tests.service.keys import Caller

REJECTING = {
    "thresholds": {
        "toxicity": {"hold": 0.4, "reject": 0.95},
        "spam": {"hold": 0.9},
        "insult": {"hold": 0.8},
    }
}


@pytest.fixture
def seal(settings: Settings) -> Seal:
    return Seal(settings.secret.get_secret_value().encode())


@pytest.fixture
def slug(database: Database, caller: Caller, seal: Seal, now: datetime) -> str:
    """Return the short name of a site that has a Coral and a policy."""
    with database.transaction() as session:
        coral_secrets.add(session, caller.site, SECRET, seal=seal, now=now)
        policies.save(
            session,
            caller.site.id,
            PolicyDocument.model_validate(REJECTING),
            note="",
            saved_by="test",
            now=now,
        )
    return caller.site.slug


def test_a_benign_comment_is_answered_with_no_opinion(client: TestClient, slug: str) -> None:
    answer = ask(client, slug, body_of("Thank you."), SECRET)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_held_comment_is_withheld_and_flagged(client: TestClient, slug: str) -> None:
    answer = told(ask(client, slug, body_of("You idiot."), SECRET))
    assert answer is not None
    assert answer.status is Status.SYSTEM_WITHHELD
    assert [each.reason for each in answer.actions] == ["COMMENT_DETECTED_TOXIC"]


def test_spam_is_flagged_as_spam(client: TestClient, slug: str) -> None:
    answer = told(ask(client, slug, body_of("Best casino."), SECRET))
    assert answer is not None
    assert [each.reason for each in answer.actions] == ["COMMENT_DETECTED_SPAM"]


def test_a_rejected_comment_has_a_reason_that_a_reader_can_be_told(
    client: TestClient, slug: str
) -> None:
    answer = told(ask(client, slug, body_of("Such scum."), SECRET))
    assert answer is not None
    assert answer.status is Status.REJECTED
    assert answer.moderation_action is not None
    assert answer.moderation_action.rejection_reason.code == "OFFENSIVE"


def test_tags_do_not_hide_a_word(client: TestClient, slug: str) -> None:
    answer = ask(client, slug, body_of("<div>You id<b>i</b>ot.</div>"), SECRET)
    assert told(answer) is not None


def test_an_empty_comment_gets_no_opinion(client: TestClient, slug: str) -> None:
    assert ask(client, slug, body_of("<div><br></div>"), SECRET).status_code == 204


@pytest.mark.parametrize("secrets", [(NEXT_SECRET,), ("",), ()])
def test_a_wrong_signature_opens_nothing(
    client: TestClient, slug: str, secrets: tuple[str, ...]
) -> None:
    answer = ask(client, slug, body_of("Hello."), *secrets)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signature_wrong")


def test_the_signature_covers_the_bytes_as_they_were_sent(client: TestClient, slug: str) -> None:
    body = body_of("Hello.")
    headers = {"X-Coral-Signature": signature(body, SECRET)}
    answer = client.post(f"/coral/{slug}", content=body.replace(b"\n", b""), headers=headers)
    assert answer.status_code == 401


def test_one_sites_secret_does_not_open_another_site(
    client: TestClient, slug: str, stranger: Caller
) -> None:
    assert slug
    assert ask(client, stranger.site.slug, body_of("Hello."), SECRET).status_code == 401
    assert ask(client, "nobody", body_of("Hello."), SECRET).status_code == 401


def test_while_a_secret_is_changed_the_old_and_the_new_one_sign(
    client: TestClient, slug: str, database: Database, caller: Caller, seal: Seal
) -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    with database.transaction() as session:
        coral_secrets.add(session, caller.site, NEXT_SECRET, seal=seal, now=now)
    for secrets in ((SECRET,), (NEXT_SECRET,), (NEXT_SECRET, SECRET)):
        assert ask(client, slug, body_of("Hello."), *secrets).status_code == 204


def test_a_removed_secret_signs_no_more(
    client: TestClient, slug: str, database: Database, caller: Caller
) -> None:
    with database.transaction() as session:
        assert coral_secrets.remove(session, caller.site, SECRET)
        assert not coral_secrets.remove(session, caller.site, SECRET)
    assert ask(client, slug, body_of("Hello."), SECRET).status_code == 401


def test_a_signature_of_any_length_is_compared(slug: str) -> None:
    assert slug
    body = b"{}"
    assert is_signed(body, f"sha256=short,{signature(body, SECRET)}", [NEXT_SECRET, SECRET])
    assert not is_signed(body, "sha256=", [SECRET])
    assert not is_signed(body, "sha256=é", [SECRET])


def test_secrets_are_kept_sealed_and_few(
    database: Database, caller: Caller, seal: Seal, now: datetime
) -> None:
    with database.transaction() as session:
        stored = coral_secrets.add(session, caller.site, SECRET, seal=seal, now=now)
        assert SECRET.encode() not in stored.sealed
        assert stored.hint == SECRET[-6:]
        with pytest.raises(CoralSecretInvalid):
            coral_secrets.add(session, caller.site, "whsec_0a0a", seal=seal, now=now)
        for _ in range(coral_secrets.SECRETS_MAX - 1):
            coral_secrets.add(session, caller.site, NEXT_SECRET, seal=seal, now=now)
        with pytest.raises(TooManyCoralSecrets):
            coral_secrets.add(session, caller.site, NEXT_SECRET, seal=seal, now=now)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"comment": null}', b'{"comment": {"body": 3}}'])
def test_what_coral_does_not_send_is_refused(client: TestClient, slug: str, body: bytes) -> None:
    answer = ask(client, slug, body, SECRET)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "request_unreadable")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/coral/news", 405), ("POST", "/coral/", 404)]
)
def test_wrong_addresses_have_this_shape_too(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


class Slow(FakePredictor):
    """Takes longer than half of the deadline, which is what scoring may take."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = Event()

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        self.may_end.wait(60)
        return super().predict(texts, hints=hints)


class TestWithoutAScoreInTime:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        hurried = Dialects.model_validate({"deadline": timedelta(seconds=8)})
        return settings.model_copy(update={"dialects": hurried})

    @pytest.fixture
    def classifier(self) -> Iterator[Slow]:
        slow = Slow()
        yield slow
        slow.may_end.set()

    def test_the_sites_degradation_choice_decides(self, client: TestClient, slug: str) -> None:
        answer = told(ask(client, slug, body_of("Hello. " * 1000), SECRET))
        assert answer is not None
        assert (answer.status, answer.actions) == (Status.SYSTEM_WITHHELD, [])
