"""A WordPress holds a comment for us, a moderator decides, WordPress is told: against a simulator.

The simulator does what the plugin does with the call: it believes its own key, and touches only
comments whose guid it knows.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.comments import queries as comments
from service.comments.status import Status
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.dialects.tables import AkismetCallback, CallbackState
from service.jobs import Tidy
from service.policy import actions as policies
from service.policy.document import PolicyDocument
from service.settings import Dialects, Settings, Webhooks
from service.sites.tables import Site
from tests.receiver import Receiver
from tests.service.keys import Caller, a_caller
from tests.worker.conftest import Clock, ListeningBroker
from worker.sweep import wake_for_wordpress
from worker.tell_wordpress import tell_due
from worker.tidy import tidy
from worker.workplace import Workplace


class WordPress:
    """A blog with the plugin: what it sends, and what it does when it is called back."""

    def __init__(self, receiver: Receiver, caller: Caller) -> None:
        self.receiver = receiver
        self.caller = caller
        self.waiting: set[str] = set()

    def send(self, client: TestClient, text: str) -> None:
        answer = client.post(
            "/1.1/comment-check",
            data={
                "api_key": self.caller.key,
                "blog": self.receiver.url,
                "user_ip": "203.0.113.7",
                "comment_content": text,
                "comment_author": "Malika",
                "comment_author_email": "malika@example.org",
                "comment_post_ID": "12",
                "permalink": f"http://127.0.0.1:{self.receiver.port}/2026/11/border/",
                "callback": self.receiver.url,
            },
        )
        assert answer.text == "false"
        assert int(answer.headers["x-akismet-recheck-after"]) > 0
        self.waiting.add(answer.headers["x-akismet-guid"])

    def told(self) -> dict[str, str]:
        """Return what became of the comments that it held, by guid."""
        found: dict[str, str] = {}
        for call in self.receiver.received:
            sent = json.loads(call.body)
            assert call.headers["content-type"] == "application/json"
            assert (sent["key"], sent["endpoint"]) == (self.caller.key, "comment-check")
            for each in sent["comments"]:
                assert each["guid"] in self.waiting
                assert each["comment_post_ID"] == "12"
                assert each["comment_author_email"] == "malika@example.org"
                found[each["guid"]] = {"true": "spam", "false": "approved"}[each["result"]]
        return found


@pytest.fixture
def settings(settings: Settings) -> Settings:
    at_home = Webhooks.model_validate({"allow_private_addresses": True, "max_attempts": 2})
    patient = Dialects.model_validate({"deadline": timedelta(seconds=20)})
    return settings.model_copy(update={"webhooks": at_home, "dialects": patient})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def blog(workplace: Workplace, receiver: Receiver) -> WordPress:
    caller = a_caller(workplace.database, "blog", now=workplace.clock())
    document = PolicyDocument.model_validate({"thresholds": {"toxicity": {"hold": 0.4}}})
    with workplace.database.transaction() as session:
        site = session.get_one(Site, caller.site.id)
        parts = urlsplit(receiver.url)
        site.url = f"{parts.scheme}://{parts.netloc}"
        policies.save(session, site.id, document, note="", saved_by="test", now=workplace.clock())
    return WordPress(receiver, caller)


@pytest.fixture
def wordpress(app: FastAPI, blog: WordPress) -> WordPress:
    """Return a blog that has sent a comment which our moderators are to see."""
    with TestClient(app) as client:
        blog.send(client, "You idiot.")
    return blog


def decide(workplace: Workplace, wanted: Status) -> None:
    """Decide on every comment that a blog waits for."""
    with workplace.database.transaction() as session:
        for comment_id in list(session.scalars(select(AkismetCallback.comment_id))):
            comment = comments.lock(session, comment_id)
            decisions.record(
                session,
                comment,
                wanted,
                actor=Actor.MODERATOR,
                reason="moderator",
                now=workplace.clock(),
            )


def state_of(workplace: Workplace, guid: str) -> CallbackState:
    with workplace.database.transaction() as session:
        return session.get_one(AkismetCallback, UUID(guid)).state


def address_of(workplace: Workplace, guid: str) -> str:
    with workplace.database.transaction() as session:
        return session.get_one(AkismetCallback, UUID(guid)).author_email


@pytest.mark.parametrize(
    ("wanted", "told"), [(Status.APPROVED, "approved"), (Status.REJECTED, "spam")]
)
def test_what_is_decided_is_told_once(
    workplace: Workplace, wordpress: WordPress, broker: ListeningBroker, wanted: Status, told: str
) -> None:
    [guid] = wordpress.waiting
    wake_for_wordpress(workplace)
    assert broker.published.count("TellWordPress") == 0
    decide(workplace, wanted)
    wake_for_wordpress(workplace)
    assert broker.published.count("TellWordPress") == 1
    for _ in range(2):
        tell_due(workplace)
    assert wordpress.told() == {guid: told}
    assert len(wordpress.receiver.received) == 1
    assert state_of(workplace, guid) is CallbackState.TOLD
    assert address_of(workplace, guid) == ""


def test_nothing_is_told_while_the_comment_is_held(
    workplace: Workplace, wordpress: WordPress
) -> None:
    decide(workplace, Status.HELD)
    tell_due(workplace)
    assert wordpress.told() == {}


def test_a_blog_that_fails_is_told_again_later_and_given_up_at_last(
    workplace: Workplace, wordpress: WordPress, clock: Clock
) -> None:
    [guid] = wordpress.waiting
    decide(workplace, Status.APPROVED)
    for _ in range(2):
        wordpress.receiver.answer(500)
        tell_due(workplace)
        tell_due(workplace)
        clock.move(timedelta(minutes=1))
    assert len(wordpress.receiver.received) == 2
    assert state_of(workplace, guid) is CallbackState.GIVEN_UP
    assert address_of(workplace, guid) == ""


def test_who_has_withdrawn_is_forgotten(workplace: Workplace, wordpress: WordPress) -> None:
    [guid] = wordpress.waiting
    tidy(Tidy(), workplace)
    assert address_of(workplace, guid) == "malika@example.org"
    decide(workplace, Status.WITHDRAWN)
    tidy(Tidy(), workplace)
    assert address_of(workplace, guid) == ""


def test_a_redirect_is_not_followed(workplace: Workplace, wordpress: WordPress) -> None:
    decide(workplace, Status.APPROVED)
    wordpress.receiver.answer(302, location=wordpress.receiver.url)
    tell_due(workplace)
    assert len(wordpress.receiver.received) == 1
