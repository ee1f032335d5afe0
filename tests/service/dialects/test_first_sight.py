"""What is unclear at first sight: looked at closely while there is room and time, else answered."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread, Timer

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ml.labels import Label, Language
from service import metrics
from service.db import Database
from service.dialects import coral_secrets
from service.dialects.scorer import Scorer
from service.policy import actions as policies
from service.policy.document import PolicyDocument
from service.scoring import looks
from service.scoring.looks import CloserLooks
from service.sealing import Seal
from service.settings import Dialects, Scoring, Settings
from tests.fakes import UNCLEAR, FakePrediction, FakePredictor, Nearsighted
from tests.running import wait_until
from tests.service.dialects import corals
from tests.service.keys import Caller

TEXT = f"You are {UNCLEAR}."
FIRST, CLOSER = 0.6, 0.01
SOON, LONG = timedelta(milliseconds=200), timedelta(seconds=60)


@dataclass(slots=True)
class Thoughtful(FakePredictor):
    """Looks closely only when it may; the first sight never waits."""

    may: Event = field(default_factory=Event)
    looks: list[str] = field(default_factory=list)

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        self.looks += texts
        assert self.may.wait(120)
        return FakePredictor.predict(self, texts, hints=hints)

    def predict_at_first_sight(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        return FakePredictor().predict_at_first_sight(texts, hints=hints)


@pytest.fixture
def classifier() -> Iterator[Thoughtful]:
    thoughtful = Thoughtful()
    yield thoughtful
    thoughtful.may.set()


@pytest.fixture
def closer() -> Iterator[CloserLooks]:
    closer = CloserLooks(2)
    yield closer
    closer.close()


@pytest.fixture
def scorer(classifier: Thoughtful, closer: CloserLooks) -> Iterator[Scorer]:
    scorer = Scorer(lambda _: classifier, kept=100, closer=closer, look_within=LONG)
    yield scorer
    scorer.close()


def _insult(scorer: Scorer, text: str, within: timedelta) -> float:
    [insult] = _insults(scorer, [text], within)
    return insult


def _insults(scorer: Scorer, texts: list[str], within: timedelta) -> list[float]:
    found = asyncio.run(scorer.predict(texts, hint=None, within=within))
    return [each.scores[Label.INSULT] for each in found]


def _counted(by: str) -> float:
    return metrics.REGISTRY.get_sample_value("parley_texts_scored_at_once_total", {"by": by}) or 0.0


@contextmanager
def counting(**more: int) -> Iterator[None]:
    before = {by: _counted(by) for by in more}
    yield
    assert {by: _counted(by) - before[by] for by in more} == more


def test_an_unclear_text_is_looked_at_closely_and_remembered(
    scorer: Scorer, classifier: Thoughtful
) -> None:
    classifier.may.set()
    with counting(closer_look=1, remembered=1, first_sight=0):
        assert _insult(scorer, TEXT, LONG) == CLOSER
        assert _insult(scorer, TEXT, LONG) == CLOSER
    assert classifier.looks == [TEXT]


def test_a_clear_text_is_not_looked_at_again_and_is_remembered(
    scorer: Scorer, classifier: Thoughtful
) -> None:
    with counting(clear=1, remembered=1):
        assert _insult(scorer, "You idiot.", LONG) == 0.9
        assert _insult(scorer, "You idiot.", LONG) == 0.9
    assert classifier.looks == []


def test_when_the_deadline_nears_the_first_sight_is_the_answer_and_not_remembered(
    scorer: Scorer, classifier: Thoughtful
) -> None:
    with counting(first_sight=1):
        assert _insult(scorer, TEXT, SOON) == FIRST
    assert scorer.kept == 0
    # The look goes on: whoever asks again has the better answer.
    classifier.may.set()
    wait_until(lambda: scorer.kept == 1, seconds=60)
    assert _insult(scorer, TEXT, SOON) == CLOSER


def test_a_look_that_takes_longer_than_others_would_is_not_waited_for(
    classifier: Thoughtful, closer: CloserLooks
) -> None:
    scorer = Scorer(lambda _: classifier, kept=100, closer=closer, look_within=SOON)
    started = time.monotonic()
    assert _insults(scorer, [TEXT, f"Not {UNCLEAR}."], LONG) == [FIRST, FIRST]
    assert time.monotonic() - started < LONG.total_seconds() / 4
    assert classifier.looks == [TEXT]
    scorer.close()


def test_where_a_look_fails_the_first_sight_is_the_answer(closer: CloserLooks) -> None:
    scorer = Scorer(lambda _: Nearsighted(), kept=100, closer=closer, look_within=LONG)
    with counting(first_sight=2, closer_look=0):
        assert _insults(scorer, [TEXT, f"Not {UNCLEAR}."], LONG) == [FIRST, FIRST]
    scorer.close()
    with counting(first_sight=1, clear=1):
        found = looks.predict(Nearsighted(), [TEXT, "Hello."], hint=None, looks=closer, wait=LONG)
    assert [each.is_unclear for each in found] == [True, False]


def test_a_list_waits_for_room_as_long_as_a_single_text(
    classifier: Thoughtful, closer: CloserLooks
) -> None:
    held = [closer.begin(classifier, f"{n} {UNCLEAR}", None) for n in range(2)]
    Timer(0.3, classifier.may.set).start()
    many = [f"{n} {TEXT}" for n in range(5)]
    found = looks.predict(classifier, many, hint=None, looks=closer, wait=LONG)
    assert [each.is_unclear for each in found] == [False] * 5
    assert all(held)
    classifier.may.clear()
    held = [closer.begin(classifier, f"{n} {UNCLEAR}", None) for n in range(2)]
    found = looks.predict(classifier, many, hint=None, looks=closer, wait=timedelta(0))
    assert [each.is_unclear for each in found] == [True] * 5


def test_when_too_many_looks_are_in_hand_the_first_sight_is_the_answer_at_once(
    scorer: Scorer, classifier: Thoughtful, closer: CloserLooks
) -> None:
    held = [closer.begin(classifier, f"{n} {UNCLEAR}", None) for n in range(2)]
    started = time.monotonic()
    with counting(first_sight=1):
        assert _insult(scorer, TEXT, LONG) == FIRST
    assert time.monotonic() - started < LONG.total_seconds() / 4
    assert scorer.kept == 0
    classifier.may.set()
    assert all(look is not None and look.result(120) for look in held)
    assert _insult(scorer, TEXT, LONG) == CLOSER


def test_of_a_list_as_many_are_looked_at_as_there_is_time_for(
    scorer: Scorer, classifier: Thoughtful
) -> None:
    classifier.may.set()
    texts = [TEXT, "Hello.", f"Not {UNCLEAR}.", TEXT]
    assert _insults(scorer, texts, LONG) == [CLOSER] * 4
    classifier.may.clear()
    others = [f"{n} {UNCLEAR}" for n in range(3)]
    with counting(first_sight=3, remembered=1):
        assert _insults(scorer, [TEXT, *others], SOON) == [CLOSER, FIRST, FIRST, FIRST]


class TestUnderLoad:
    """With every look in hand taken, each API answers all the same."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        one = Scoring.model_validate({"closer_looks": 1})
        dialects = Dialects.model_validate({"deadline": LONG})
        return settings.model_copy(update={"scoring": one, "dialects": dialects})

    @pytest.fixture
    def slug(self, database: Database, caller: Caller, settings: Settings, now: datetime) -> str:
        """Return the short name of the site, which has a Coral and holds insults."""
        seal = Seal(settings.secret.get_secret_value().encode())
        document = PolicyDocument.model_validate({"thresholds": {"insult": {"hold": 0.5}}})
        with database.transaction() as session:
            coral_secrets.add(session, caller.site, corals.SECRET, seal=seal, now=now)
            policies.save(session, caller.site.id, document, note="", saved_by="test", now=now)
        return caller.site.slug

    @pytest.fixture(autouse=True)
    def taken(self, client: TestClient, caller: Caller, classifier: Thoughtful) -> Iterator[None]:
        """Have somebody's look in hand that does not end."""
        asking = Thread(target=score, args=(client, caller, f"So {UNCLEAR}."))
        asking.start()
        try:
            wait_until(lambda: bool(classifier.looks), seconds=60)
            yield
        finally:
            classifier.may.set()
            asking.join(120)

    def test_analyze_answers_by_the_first_sight(self, client: TestClient, caller: Caller) -> None:
        wanted = {"comment": {"text": TEXT}, "requestedAttributes": {"INSULT": {}}}
        path = "/v1alpha1/comments:analyze"
        answer = client.post(path, params={"key": caller.key}, json=wanted)
        assert answer.json()["attributeScores"]["INSULT"]["summaryScore"]["value"] == FIRST

    def test_moderations_answer_by_the_first_sight(
        self, client: TestClient, caller: Caller
    ) -> None:
        answer = client.post("/v1/moderations", json={"input": TEXT}, headers=caller.headers)
        assert answer.json()["results"][0]["category_scores"]["harassment"] == FIRST

    def test_akismet_and_coral_are_told_what_the_policy_makes_of_the_first_sight(
        self, client: TestClient, caller: Caller, slug: str
    ) -> None:
        form = {"api_key": caller.key, "blog": "https://news.example", "user_ip": "203.0.113.7"}
        checked = client.post("/1.1/comment-check", data={**form, "comment_content": TEXT})
        assert (checked.status_code, checked.text) == (200, "true")
        body = corals.body_of(TEXT)
        signed = {"X-Coral-Signature": corals.signature(body, corals.SECRET)}
        asked = client.post(f"/coral/{slug}", content=body, headers=signed)
        assert asked.json()["actions"] == [
            {"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}
        ]

    def test_scores_say_that_they_are_of_the_first_sight(
        self, client: TestClient, caller: Caller, classifier: Thoughtful
    ) -> None:
        results = score(client, caller, TEXT).json()["results"]
        assert [(each["scores"]["insult"], each["is_unclear"]) for each in results] == [
            (FIRST, True)
        ]
        classifier.may.set()
        wait_until(
            lambda: not score(client, caller, TEXT).json()["results"][0]["is_unclear"], seconds=10
        )


def score(client: TestClient, caller: Caller, text: str) -> Response:
    return client.post("/v1/score", json={"texts": [text]}, headers=caller.headers)
