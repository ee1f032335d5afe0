from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from ml.labels import Label
from service.policy.document import PolicyDocument, Thresholds
from tests.service.keys import Caller

A_POLICY: dict[str, Any] = {
    "thresholds": {"insult": {"hold": 0.3, "reject": 0.9}, "spam": {"hold": 0.5, "reject": None}},
    "mode": "pre_moderation",
    "degradation": "approve_trusted",
    "trusted_from": 3,
    "note": "Election week.",
}


def test_a_new_site_is_ruled_by_the_built_in_policy(client: TestClient, caller: Caller) -> None:
    answer = client.get("/v1/policy", headers=caller.headers)
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["saved_by"]) == (0, None)


def test_a_saved_policy_rules_from_then_on_and_says_who_when_and_why(
    client: TestClient, caller: Caller
) -> None:
    saved = client.put("/v1/policy", json=A_POLICY, headers=caller.headers)
    assert saved.status_code == 200
    body = saved.json()
    assert (body["version"], body["note"]) == (1, "Election week.")
    assert body["saved_by"].startswith("key “test” (parley_")
    assert body["saved_at"] == "2026-11-25T12:00:00Z"
    assert body["policy"]["thresholds"]["insult"] == {"hold": 0.3, "reject": 0.9}
    rules = client.get("/v1/policy", headers=caller.headers).json()
    assert rules == {name: body[name] for name in rules}
    assert client.get("/v1/policy/versions/1", headers=caller.headers).json() == rules


def test_the_history_is_paged_newest_first(client: TestClient, caller: Caller) -> None:
    for trusted_from in (1, 2, 3):
        sent = {**A_POLICY, "trusted_from": trusted_from}
        client.put("/v1/policy", json=sent, headers=caller.headers)
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/policy/history", params=query, headers=caller.headers).json()
        seen += [item["version"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [3, 2, 1]


def test_another_sites_policy_is_not_seen(
    client: TestClient, caller: Caller, stranger: Caller
) -> None:
    client.put("/v1/policy", json=A_POLICY, headers=caller.headers)
    assert client.get("/v1/policy", headers=stranger.headers).json()["version"] == 0
    assert client.get("/v1/policy/history", headers=stranger.headers).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "sentence"),
    [
        ({"thresholds": {"insult": {"hold": 0.9, "reject": 0.5}}}, "/thresholds/insult/reject",
         "must not be below hold, which is 0.9"),
        ({"thresholds": {"insult": {"hold": 1.5}}}, "/thresholds/insult/hold", "must be at most 1"),
        ({"thresholds": {"insult": {}}}, "/thresholds/insult/reject",
         "must be given where hold is not, also where a language has its own"),
        ({"thresholds": {"insult": {"languages": {"ru": {"hold": 0.5}}}}},
         "/thresholds/insult/reject",
         "must be given where hold is not, also where a language has its own: or leave the label"),
        ({"thresholds": {"insult": {"hold": 0.5, "languages": {"fr": {"hold": 0.5}}}}},
         "/thresholds/insult/languages", "must be among en, ru, uz, kk"),
        ({"thresholds": {"insult": {"hold": 0.5, "languages": {"ru": {"hold": 1, "reject": 0.9}}}}},
         "/thresholds/insult/languages/ru/reject", "must not be below hold, which is 1.0"),
        ({"thresholds": {"insult": {"hold": 0.5, "languages": {"ru": {}}}}},
         "/thresholds/insult/languages/ru/reject",
         "must be given where hold is not: or leave the language out"),
        ({"thresholds": {"rudeness": {"hold": 0.5}}}, "/thresholds/rudeness",
         "is not a field of this request"),
        ({"words": {"listed": [{"word": "ab*", "kind": "banned"}]}},
         "/words/listed/0/word", "before '*' stand at least 3 letters"),
        ({"words": {"starters": ["fr"]}}, "/words/starters/0", "must be 'en'"),
        ({"links": {"allowed_hosts": ["https://news.example"]}}, "/links/allowed_hosts/0",
         "must be a domain such as news.example"),
        ({"links": {"then": "burn"}}, "/links/then", "must be 'hold' or 'reject'"),
        ({"style": {}}, "/style", "give capitals, longest_run or repetition"),
        ({"copies": {"exact": 1}}, "/copies/exact", "must be at least 2"),
        ({"floods": {"author": {"most": 5}}}, "/floods/author/minutes", "is required"),
        ({"authors": {"recent_rejections": {"of": 3, "at_least": 4}}},
         "/authors/recent_rejections", "at_least must not be more than of, which is 3"),
        ({"operating_points": [{"label": "spam"}]}, "/operating_points/0/reject",
         "must be given where approve is not"),
        ({"operating_points": [{"label": "spam", "reject": 97, "languages": ["other"]}]},
         "/operating_points/0/languages", "must be among en, ru, uz, kk"),
        ({"operating_points": [{"label": "spam", "reject": 20}]}, "/operating_points/0/reject",
         "must be at least 50"),
        ({"mode": "never"}, "/mode", "'post_moderation' or 'pre_moderation'"),
        ({"trusted_from": 0}, "/trusted_from", "must be at least 1"),
        ({"note": " "}, "/note", "must not be empty or blank"),
        ({"note": "a\u0000b"}, "/note", "must be one line of text, without U+0000"),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_refused_at_the_place_that_is_wrong(
    client: TestClient, caller: Caller, change: dict[str, Any], pointer: str, sentence: str
) -> None:
    answer = client.put("/v1/policy", json={**A_POLICY, **change}, headers=caller.headers)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert sentence in error["detail"]
    assert client.get("/v1/policy", headers=caller.headers).json()["version"] == 0


def test_the_history_says_in_words_what_was_changed(client: TestClient, caller: Caller) -> None:
    client.put("/v1/policy", json=A_POLICY, headers=caller.headers)
    sent = {**A_POLICY, "mode": "post_moderation", "links": {"most": 1}, "note": "Calm again."}
    client.put("/v1/policy", json=sent, headers=caller.headers)
    [newest, _] = client.get("/v1/policy/history", headers=caller.headers).json()["items"]
    assert (newest["version"], newest["note"]) == (2, "Calm again.")
    assert newest["saved_by"].startswith("key “test” (parley_")
    assert newest["changes"] == [
        "The mode: post moderation; it was pre moderation.",
        "Links: on, with most: 1, allowed hosts: nothing, then: hold.",
    ]


def test_a_version_that_was_never_saved_is_not_found(client: TestClient, caller: Caller) -> None:
    answer = client.get("/v1/policy/versions/7", headers=caller.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "policy_version_not_found")
    built_in = client.get("/v1/policy/versions/0", headers=caller.headers)
    assert built_in.json() == client.get("/v1/policy", headers=caller.headers).json()


def test_without_a_key_nothing_is_told(client: TestClient) -> None:
    for path in ("/v1/policy", "/v1/policy/history", "/v1/policy/versions/0"):
        assert client.get(path).status_code == 401


def test_there_is_a_threshold_for_every_label() -> None:
    assert set(Thresholds.model_fields) == {label.value for label in Label}


def test_not_a_number_is_no_probability() -> None:
    with pytest.raises(ValidationError):
        PolicyDocument.model_validate({"thresholds": {"spam": {"hold": float("nan")}}})
