"""Perspective's real clients against a real port: Google's own, by live discovery."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httplib2
import pytest
from fastapi.testclient import TestClient
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from ml.labels import Label
from service.dialects import old_scale
from service.dialects.attributes import ATTRIBUTES
from service.settings import Settings, Web
from tests.service.keys import Caller


@contextmanager
def build(address: str, key: str) -> Iterator[Any]:
    """Yield what the library makes of our discovery document; its classes are made as it goes."""
    http = httplib2.Http(timeout=20)
    try:
        yield discovery.build(
            "commentanalyzer",
            "v1alpha1",
            http=http,
            developerKey=key,
            discoveryServiceUrl=f"{address}/$discovery/rest?version=v1alpha1",
            static_discovery=False,
            cache_discovery=False,
        )
    finally:
        http.close()


def test_googles_client_discovers_the_calls_and_reads_the_answers(
    address: str, caller: Caller
) -> None:
    with build(address, caller.key) as service:
        asked = {
            "comment": {"text": "😀 You idiot. Hello."},
            "requestedAttributes": {name: {} for name in ATTRIBUTES},
            "spanAnnotations": True,
            "clientToken": "c-1",
        }
        answer = service.comments().analyze(body=asked).execute()
        assert set(answer["attributeScores"]) == set(ATTRIBUTES)
        assert answer["attributeScores"]["INSULT"]["summaryScore"]["value"] == 0.9
        spans = answer["attributeScores"]["INSULT"]["spanScores"]
        assert [(each["begin"], each["end"]) for each in spans] == [(0, 13), (14, 20)]
        told = {
            "comment": {"text": "You idiot."},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
            "clientToken": "c-1",
        }
        assert service.comments().suggestscore(body=told).execute()["clientToken"] == "c-1"


def test_googles_client_reads_our_errors_as_its_own(address: str, caller: Caller) -> None:
    with build(address, caller.key) as service:
        asked = {"comment": {"text": ""}, "requestedAttributes": {"TOXICITY": {}}}
        with pytest.raises(HttpError) as refused:
            service.comments().analyze(body=asked).execute()
    assert refused.value.reason == "Comment must be non-empty."
    assert refused.value.error_details[0]["errorType"] == "COMMENT_EMPTY"


def test_a_wrong_key_is_refused_at_discovery(address: str) -> None:
    with pytest.raises(HttpError) as refused, build(address, "wrong"):
        pass
    assert refused.value.status_code == 400
    assert json.loads(refused.value.content)["error"]["details"][0]["reason"] == "API_KEY_INVALID"


class TestBehindAProxyWithAPath:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        web = Web.model_validate({"public_url": "https://mod.example.org/parley"})
        return settings.model_copy(update={"web": web})

    def test_the_discovered_root_is_the_public_address(self, client: TestClient) -> None:
        document = client.get("/%24discovery/rest", params={"version": "v1alpha1"}).json()
        assert document["rootUrl"] == "https://mod.example.org/parley/"


def test_the_colon_may_be_escaped(client: TestClient, caller: Caller) -> None:
    asked = {"comment": {"text": "Hello."}, "requestedAttributes": {"TOXICITY": {}}}
    answer = client.post("/v1alpha1/comments%3Aanalyze", params={"key": caller.key}, json=asked)
    assert answer.status_code == 200


def test_what_coral_sends_gives_what_coral_reads(client: TestClient, caller: Caller) -> None:
    # Its locale decides the language, so that Dutch comes labelled as English.
    analyze = {
        "comment": {"text": "You idiot."},
        "doNotStore": True,
        "requestedAttributes": {"TOXICITY_EXPERIMENTAL": {}},
        "languages": ["en"],
    }
    answer = client.post(
        "/v1alpha1/comments:analyze", params={"key": f" {caller.key} ".strip()}, json=analyze
    )
    scores = answer.json()["attributeScores"]
    ours = client.post("/v1/score", json={"texts": ["You idiot."]}, headers=caller.headers)
    toxicity = ours.json()["results"][0]["scores"]["toxicity"]
    on_the_old_scale = old_scale.of(Label.TOXICITY, toxicity)
    assert on_the_old_scale > 0.5
    value = scores["TOXICITY_EXPERIMENTAL"]["summaryScore"]["value"]
    assert value == pytest.approx(on_the_old_scale, abs=1e-6)
    about = {"url": "https://news.example/1", "reply_to_id_Coral_comment_id": None}
    suggest = {
        "comment": {"text": "You idiot."},
        "context": {"entries": [{"text": json.dumps(about)}]},
        "attributeScores": {"TOXICITY_EXPERIMENTAL": {"summaryScore": {"value": 1}}},
        "languages": ["en"],
        "communityId": "Coral:https://coral.example",
        "clientToken": "comment:0a1b",
    }
    answer = client.post(
        "/v1alpha1/comments:suggestscore", params={"key": caller.key}, json=suggest
    )
    assert answer.status_code == 200
