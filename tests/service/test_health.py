import re
from datetime import datetime
from functools import partial

from fastapi.testclient import TestClient
from pydantic import SecretStr

from ml.lack import Lack, Reason
from service.app import create_app
from service.db import Database
from service.registry import actions
from service.settings import Settings
from tests.factories.registry import offer
from tests.fakes import FakePredictor

NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")


def test_a_silent_database_is_reported_and_not_an_error(
    settings: Settings, classifier: FakePredictor
) -> None:
    without = settings.model_copy(update={"database_url": NOWHERE})
    with TestClient(create_app(without, classifier), raise_server_exceptions=False) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": False, "broker": True, "model": True}


def test_it_is_ready_once_a_model_version_is_live(
    settings: Settings, classifier: FakePredictor, database: Database, now: datetime
) -> None:
    app = create_app(settings, classifier, load=lambda _: FakePredictor())
    with TestClient(app) as client:
        assert client.get("/readyz").json()["checks"]["model"] is False
        with database.transaction() as session:
            actions.ensure_champion(session, **offer(b"first"), now=now)
        assert client.get("/readyz").status_code == 200


def test_a_second_tier_that_cannot_judge_is_a_warning_and_no_reason_to_stop(
    settings: Settings, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        actions.ensure_champion(session, **offer(b"first"), now=now)
    lacking = FakePredictor(lack=Lack(Reason.DAMAGED, "/srv/encoder.adapter is changed."))
    for found, warnings in ((lacking, {"second_tier": "damaged"}), (FakePredictor(), {})):
        # What is live takes the place of what it begins with.
        app = create_app(settings, FakePredictor(), load=partial(_whatever_it_is, found))
        with TestClient(app) as client:
            answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["warnings"] == warnings


def _whatever_it_is(found: FakePredictor, _: bytes) -> FakePredictor:
    return found


def test_every_page_of_the_documentation_comes_from_our_own_host(client: TestClient) -> None:
    page = client.get("/docs").text
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources
    for source in sources:
        assert source.startswith("/")
        assert client.get(source).status_code == 200


def test_a_silent_database_is_no_error_of_ours(
    settings: Settings, classifier: FakePredictor
) -> None:
    without = settings.model_copy(update={"database_url": NOWHERE})
    key = {"Authorization": "Bearer parley_00000000_" + "a" * 43}
    with TestClient(create_app(without, classifier), raise_server_exceptions=False) as client:
        for path in ("/v1/policy", "/v1/articles/a/comments", "/v1/webhooks"):
            answer = client.get(path, headers=key)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
