"""The demo's people come through the same door as everybody else."""

import json
import shlex
import stat
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.db import Database
from service.demo import readers
from service.demo.access import Access, prepare
from service.demo.readers import DemoNotTaken, Readers, as_curl, outcomes
from service.moderators import actions as moderators
from service.sites import queries as sites
from service.sites.rules import key_digest

SOON = timedelta(seconds=1)
PAGE = "http://127.0.0.1:8000/demo/article"


@pytest.fixture
def opened(client: TestClient, database: Database, now: datetime) -> TestClient:
    """Return a client that has the demo's key."""
    with database.transaction() as session:
        access = prepare(session, Access(), now=now)
    client.headers["Authorization"] = f"Bearer {access.key}"
    return client


def test_preparing_twice_changes_nothing(session: Session, now: datetime) -> None:
    first = prepare(session, Access(), now=now)
    assert prepare(session, first, now=now) == first
    site = sites.by_slug(session, "demo")
    assert len(sites.keys(session, site)) == 1
    assert moderators.sign_in(
        session, first.email, first.password, now=now, lifetime=timedelta(hours=1)
    )


def test_on_another_database_all_is_made_anew_and_the_password_stays(
    session: Session, now: datetime
) -> None:
    kept = Access(key="parley_00000000_" + "x" * 43, password="kept from elsewhere")  # noqa: S106
    access = prepare(session, kept, now=now)
    assert access.key != kept.key
    assert sites.by_key(session, key_digest(access.key))[0].slug == "demo"
    assert access.password == kept.password


def test_where_the_password_is_lost_another_editor_comes(session: Session, now: datetime) -> None:
    first = prepare(session, Access(), now=now)
    second = prepare(session, Access(), now=now)
    assert second.email != first.email
    assert second.password != first.password


def test_what_opens_the_demo_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    access = Access(key="k", password="p")  # noqa: S106
    access.keep_in(tmp_path)
    assert Access.kept_in(tmp_path) == access
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_every_comment_is_taken_in_once_however_often_it_is_sent(
    opened: TestClient, database: Database
) -> None:
    everybody = Readers(PAGE)
    sent: Counter[str] = Counter()
    first = everybody.send(opened, sent=lambda: sent.update(["sent"]))
    again = everybody.send(opened, sent=lambda: sent.update(["sent"]))
    assert first == again
    assert len(set(first)) == len(everybody)
    assert sent["sent"] == 2 * len(everybody)
    with database.transaction() as session:
        stored = session.scalar(select(func.count()).select_from(Comment))
        replies = session.scalar(select(func.count(Comment.parent_id)).select_from(Comment))
    assert stored == len(everybody)
    assert replies == 26


def test_what_is_not_decided_in_time_is_told_as_pending(opened: TestClient) -> None:
    ids = Readers(PAGE).send(opened, sent=lambda: None)[:3]
    assert outcomes(opened, ids, within=SOON) == Counter(pending=3)


def test_the_line_to_paste_is_a_comment_that_is_taken_in(opened: TestClient) -> None:
    words = shlex.split(as_curl("http://127.0.0.1:8000", "a-key", Readers(PAGE).article))
    assert "Authorization: Bearer a-key" in words
    body = words[words.index("-d") + 1]
    answer = opened.post("/v1/comments", json=json.loads(body))
    assert answer.status_code == httpx2.codes.ACCEPTED


def test_an_answer_that_was_not_expected_is_told(client: TestClient) -> None:
    with pytest.raises(DemoNotTaken, match="401"):
        Readers(PAGE).send(client, sent=lambda: None)


def test_people_write_in_four_languages_and_in_both_uzbek_scripts() -> None:
    texts = json.loads(Path(readers.__file__).with_name("comments.json").read_text("utf-8"))
    languages = Counter(each["language"] for each in texts["comments"])
    assert set(languages) == {"en", "ru", "uz", "uz-Cyrl", "kk"}
    assert min(languages.values()) >= 4
