"""A site changes what it wants done, and the next comments are decided by it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.db import Database
from tests.journeys.installation import Installation

THANKS = "Thank you, an interesting article about the border."


@pytest.fixture
def installation(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> Iterator[Installation]:
    with Installation(database, database_url, redis_url, tmp_path) as installation:
        yield installation


def decided(installation: Installation, number: int, body: str) -> dict[str, Any]:
    """Post a comment and return the decision on it."""
    receipt = installation.post((number, body))
    installation.await_decided(number)
    [decision] = installation.client.get(f"{receipt['location']}/decisions").json()["items"]
    found: dict[str, Any] = decision
    return found


def test_a_site_changes_its_operating_points_previews_saves_and_is_ruled_by_them(
    installation: Installation,
) -> None:
    before = decided(installation, 1, THANKS)
    assert (before["status"], before["policy_version"]) == ("approved", 0)

    wishes = {"label": "toxicity", "languages": ["en", "ru"], "reject": 97, "approve": 1}
    draft = {
        "thresholds": {"spam": {"hold": 0.95}},
        "operating_points": [wishes],
        "words": {"listed": [{"word": "border", "kind": "suspect", "language": "en"}]},
    }
    tried = installation.client.post("/v1/policy/preview", json=draft).json()
    assert tried["cost"]["was"] == {"approve": 1, "hold": 0, "reject": 0}
    assert tried["cost"]["would"] == {"approve": 0, "hold": 1, "reject": 0}
    assert installation.client.get("/v1/policy").json()["version"] == 0

    saved = installation.client.put("/v1/policy", json={**draft, "note": "Border talks."}).json()
    assert saved["version"] == 1
    assert {each["wish"] for each in saved["operating_points"]} == {
        "reject where at least 97 of 100 would be rejected",
        "approve as long as at most 1 in 100 would not have been",
    }

    after = decided(installation, 2, THANKS)
    assert (after["status"], after["policy_version"]) == ("held", 1)
    assert after["reason"] == "word_suspect"
    assert after["reasons"][0] == {
        "code": "word_suspect",
        "sentence": ("On this site's list of suspect words: the word «border», written «border»."),
    }
    points = installation.client.get("/v1/policy/operating-points").json()["items"]
    assert points == saved["operating_points"]

    installation.client.post("/v1/policy/versions/0/restore", json={"note": "Calm again."})
    last = decided(installation, 3, THANKS)
    assert (last["status"], last["policy_version"]) == ("approved", 2)
