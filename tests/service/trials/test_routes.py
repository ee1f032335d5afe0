from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ml.labels import Label
from service.comments.status import Status
from service.db import Database
from tests.service.keys import Caller
from tests.service.trials.pasts import PAST, Judged, store_past

KEEP = {"thresholds": {"insult": {"hold": 0.4, "reject": 0.97}}, "note": "a try"}


@pytest.fixture
def past(database: Database, caller: Caller, champion: int) -> None:
    # Identifiers carry the real time, and the site's past is found by them.
    store_past(database, caller.site, champion, PAST, now=datetime.now(tz=None).astimezone())


@pytest.mark.usefixtures("past")
def test_a_preview_says_what_a_draft_would_have_done_and_whom_it_would_have_overruled(
    client: TestClient, caller: Caller
) -> None:
    draft = {"thresholds": {"insult": {"hold": 0.5, "reject": 0.7}}}
    answer = client.post("/v1/policy/preview", json=draft, headers=caller.headers)
    assert answer.status_code == 200
    found = answer.json()
    assert found["cost"]["would"] == {"approve": 2, "hold": 1, "reject": 2}
    assert found["cost"]["was"] == {"approve": 1, "hold": 3, "reject": 1}
    assert (found["cost"]["held_per_day"], found["cost"]["held_per_day_was"]) == (1.0, 3.0)
    assert found["cost"]["hours_per_day_was"] == pytest.approx(3 * 20 / 3600, abs=0.001)
    assert (found["judged"], found["disagreements_count"], found["is_whole"]) == (3, 2, True)
    told = [(each["would"], each["moderator"]) for each in found["disagreements"]]
    assert told == [("reject", "approved"), ("approve", "rejected")]
    assert found["disagreements"][0]["reasons"] == [
        {
            "code": "score_insult",
            "sentence": "Insult scored 0.85, and from 0.70 a comment is rejected.",
        }
    ]
    assert client.get("/v1/policy", headers=caller.headers).json()["version"] == 0


@pytest.mark.usefixtures("past")
def test_only_as_many_disagreements_are_answered_as_were_asked_for(
    client: TestClient, caller: Caller
) -> None:
    draft = {"thresholds": {"insult": {"reject": 0.5}}}
    answer = client.post("/v1/policy/preview?limit=1", json=draft, headers=caller.headers).json()
    assert (answer["disagreements_count"], len(answer["disagreements"])) == (3, 1)


@pytest.mark.usefixtures("past")
def test_another_sites_past_is_not_seen(client: TestClient, stranger: Caller) -> None:
    draft = {"thresholds": {"insult": {"reject": 0.5}}}
    found = client.post("/v1/policy/preview", json=draft, headers=stranger.headers).json()
    assert (found["cost"]["comments"], found["cost"]["settled_share"]) == (0, None)


@pytest.mark.usefixtures("past")
def test_words_and_records_are_replayed_and_what_cannot_be_is_named(
    client: TestClient, caller: Caller
) -> None:
    draft: dict[str, Any] = {
        "thresholds": {},
        "degradation": "approve",
        "words": {"listed": [{"word": "terrorism", "kind": "suspect", "language": "en"}]},
        "floods": {"author": {"most": 3, "minutes": 1}},
        "copies": {},
    }
    found = client.post("/v1/policy/preview", json=draft, headers=caller.headers).json()
    assert found["cost"]["would"] == {"approve": 0, "hold": 5, "reject": 0}
    assert found["not_replayed"] == ["near copies"]


def clear(count: int) -> list[Judged]:
    """Return what moderators held for insult and decided without a doubt."""
    rude = [(0.8 + n / 10_000, Status.HELD, Status.REJECTED) for n in range(count)]
    fine = [(0.2 + n / 10_000, Status.HELD, Status.APPROVED) for n in range(count)]
    return [*rude, *fine]


def test_operating_points_are_worked_out_from_the_sites_own_decisions_when_it_is_saved(
    client: TestClient, database: Database, caller: Caller, champion: int, now: datetime
) -> None:
    store_past(database, caller.site, champion, clear(150), now=now)
    sent = {
        "thresholds": {},
        "operating_points": [{"label": "insult", "languages": ["en"], "reject": 90}],
        "note": "Reject what is clear.",
    }
    saved = client.put("/v1/policy", json=sent, headers=caller.headers).json()
    [solved] = saved["operating_points"]
    assert (solved["source"], solved["own_decisions"]) == ("own", 150)
    unseen = [judged for score, _, judged in clear(150) if score >= solved["threshold"]]
    assert 0.9 <= unseen.count(Status.REJECTED) / len(unseen) < 1
    assert solved["wish"] == "reject where at least 90 of 100 would be rejected"
    assert saved["cost"]["would"]["reject"] >= 140
    standing = client.get("/v1/policy/operating-points", headers=caller.headers).json()
    assert standing["items"] == [solved]
    assert standing["inactive"]["kk"] == [label.value for label in Label]
    assert "en" not in standing["inactive"]


@pytest.mark.usefixtures("champion")
def test_a_site_with_too_few_decisions_gets_advice_and_is_told_that_nothing_is_promised(
    client: TestClient, caller: Caller
) -> None:
    point = {"label": "insult", "languages": ["ru"], "reject": 97, "approve": 1}
    sent = {"thresholds": {}, "operating_points": [point], "note": "n"}
    saved = client.put("/v1/policy", json=sent, headers=caller.headers).json()
    found = {each["automatic"]: each for each in saved["operating_points"]}
    assert {each["source"] for each in found.values()} == {"advised"}
    assert (found["approve"]["threshold"], found["reject"]["threshold"]) == (0.3, 0.9)
    assert found["reject"]["sentence"].endswith("nothing is promised yet.")


def test_without_a_live_model_operating_points_cannot_be_worked_out(
    client: TestClient, caller: Caller
) -> None:
    sent = {"thresholds": {}, "operating_points": [{"label": "spam", "reject": 97}], "note": "n"}
    answer = client.put("/v1/policy", json=sent, headers=caller.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_champion")


def test_an_old_version_rules_again_as_a_new_one(client: TestClient, caller: Caller) -> None:
    client.put("/v1/policy", json=KEEP, headers=caller.headers)
    client.put("/v1/policy", json=KEEP | {"mode": "pre_moderation"}, headers=caller.headers)
    restored = client.post(
        "/v1/policy/versions/1/restore", json={"note": "back"}, headers=caller.headers
    ).json()
    assert (restored["version"], restored["policy"]["mode"]) == (3, "post_moderation")
    assert restored["changes"] == ["The mode: post moderation; it was pre moderation."]
    missing = client.post(
        "/v1/policy/versions/9/restore", json={"note": "back"}, headers=caller.headers
    )
    assert missing.status_code == 404


def test_words_come_and_go_as_csv(client: TestClient, caller: Caller) -> None:
    file = "word,kind,language,note\nдурак,banned,ru,rude\ncasino*,suspect,,\n"
    headers = {**caller.headers, "Content-Type": "text/csv"}
    path = "/v1/policy/words.csv?note=spring"
    saved = client.put(path, content=file.encode(), headers=headers)
    assert saved.status_code == 200, saved.text
    assert saved.json()["changes"] == [
        "1 banned word added to the list: «дурак».",
        "1 suspect word added to the list: «casino*».",
    ]
    given = client.get("/v1/policy/words.csv", headers=caller.headers)
    assert given.headers["content-type"].startswith("text/csv")
    assert given.content.decode("utf-8-sig").replace("\r\n", "\n") == file


def test_a_file_with_a_wrong_row_is_refused_as_a_whole(client: TestClient, caller: Caller) -> None:
    file = "word,kind,language\nдурак,banned,ru\nx,burnt,fr\n"
    headers = {**caller.headers, "Content-Type": "text/csv"}
    answer = client.put("/v1/policy/words.csv?note=n", content=file.encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "word_list_invalid")
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/3/kind", "/3/language"}
    assert client.get("/v1/policy", headers=caller.headers).json()["version"] == 0
