"""A topic that shifts is an alarm, an ordinary day is none, and a young version says nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.comments.status import Status
from service.db import Database, new_id
from service.decisions.tables import Actor, Decision
from service.drift import actions, queries
from service.drift.actions import Reader
from service.drift.tables import DriftReading
from service.moderators.tables import Role
from service.registry import actions as registry
from service.registry.tables import ModelVersion
from service.scoring.tables import Score
from service.sites.tables import Site
from tests.factories.comments import stored_comment
from tests.factories.moderators import stored_moderator
from tests.factories.registry import offer, stored_champion
from tests.factories.review import stored_desk, stored_site

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def unseen(texts: Sequence[str]) -> float:
    return sum("new" in text for text in texts) / max(len(texts), 1)


def look(texts: Sequence[str]) -> Sequence[Mapping[Label, float]]:
    return [{Label.TOXICITY: 0.5 if "new" in text else 0.02} for text in texts]


class Days:
    """A site's comments as they come: calm ones, then harsher ones on another topic."""

    def __init__(self, session: Session, site: Site, version: ModelVersion) -> None:
        self.session, self.site, self.version = session, site, version
        self.draw = Random(4)  # noqa: S311 - no secret
        self.moderator = stored_moderator(session, site)

    def come(self, count: int, *, days_ago: float, shifted: bool = False) -> None:
        at = NOW - timedelta(days=days_ago)
        for _ in range(count):
            score = self.draw.betavariate(2, 3) if shifted else self.draw.betavariate(1, 20)
            language = Language.KAZAKH if shifted and self.draw.random() < 0.7 else Language.RUSSIAN
            held = score > 0.4
            comment = stored_comment(
                *(self.session, self.site),
                id=new_id(),
                body="a new topic" if shifted else "the weather",
                status=Status.HELD if held else Status.APPROVED,
                created_at=at,
            )
            self.session.add(
                Score(
                    comment_id=comment.id,
                    revision=1,
                    model_version_id=self.version.id,
                    language=language,
                    language_probability=0.9,
                    toxicity=score,
                    scored_at=at,
                )
            )
            for status, actor in self._decided(held=held, shifted=shifted):
                self.session.add(
                    Decision(
                        comment_id=comment.id,
                        revision=1,
                        status=status,
                        actor=actor,
                        moderator_id=self.moderator.id if actor is Actor.MODERATOR else None,
                        reason="fine",
                        decided_at=at,
                    )
                )
        self.session.flush()

    def _decided(self, *, held: bool, shifted: bool) -> Iterator[tuple[Status, Actor]]:
        yield (Status.HELD if held else Status.APPROVED), Actor.POLICY
        if self.draw.random() < 0.4:
            wrong = shifted and self.draw.random() < 0.5
            yield (Status.REJECTED if wrong else Status.APPROVED), Actor.MODERATOR


@pytest.fixture
def days(session: Session) -> Days:
    site = stored_site(session, "border")
    return Days(session, site, stored_champion(session))


def measured(days: Days) -> DriftReading | None:
    reading = actions.measure(
        *(days.session, days.site.id),
        model_version_id=days.version.id,
        reader=Reader(unseen, look),
        now=NOW,
    )
    days.session.flush()
    return reading


def test_a_shift_of_topic_is_an_alarm_in_every_measure(
    days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "FIRST", 300)
    days.come(300, days_ago=40)
    days.come(300, days_ago=1, shifted=True)
    reading = measured(days)
    assert reading is not None
    assert set(reading.alarms) == {"scores", "languages", "held", "disagreement", "unseen", "topic"}
    codes = {each.code for each in queries.alarming(days.session, [days.site.id], NOW)}
    assert "drift_scores" in codes
    assert queries.count_alarms(days.session, now=NOW) == 6


def test_more_of_the_same_is_no_alarm(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "FIRST", 300)
    days.come(300, days_ago=40)
    days.come(300, days_ago=1)
    reading = measured(days)
    assert reading is not None
    assert reading.alarms == {}
    assert queries.alarming(days.session, [days.site.id], NOW) == []


def test_a_version_that_has_just_begun_is_not_measured(days: Days) -> None:
    days.come(300, days_ago=1)
    assert measured(days) is None


def test_a_young_version_looks_again_at_what_came_before_it(days: Days) -> None:
    days.come(300, days_ago=8)
    days.version = stored_version(days.session)
    days.come(250, days_ago=1)
    ordinary = measured(days)
    assert ordinary is not None
    assert ordinary.alarms == {}
    assert ordinary.measures["held"] is None
    days.version = stored_version(days.session)
    days.come(250, days_ago=0.5, shifted=True)
    reading = measured(days)
    assert reading is not None
    assert set(reading.alarms) == {"scores", "languages", "disagreement", "unseen", "topic"}


def stored_version(session: Session) -> ModelVersion:
    """Store a version that begins to decide."""
    content = f"another model {new_id()}".encode()
    version = registry.register(
        session, **offer(content), site_id=None, lineage={}, now=datetime.now(UTC)
    )
    registry.promote(session, version, by="gate", why="better", now=datetime.now(UTC))
    return version


def test_an_old_reading_alarms_nobody_today(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "FIRST", 300)
    days.come(300, days_ago=40)
    days.come(300, days_ago=1, shifted=True)
    assert measured(days) is not None
    later = NOW + timedelta(days=4)
    assert queries.alarming(days.session, [days.site.id], later) == []


def test_leads_read_the_measures_and_moderators_do_not(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        lead = stored_desk(session, role=Role.LEAD, now=now)
        moderator = stored_desk(session, site=lead.site, name="Baurzhan", now=now)
        version = stored_champion(session)
        session.add(
            DriftReading(
                site_id=lead.site.id,
                model_version_id=version.id,
                measures={"scores": 0.4},
                alarms={"scores": "They moved."},
                measured_at=now,
            )
        )
    [found] = client.get("/v1/review/drift?site=border", headers=lead.bearer).json()
    assert (found["measures"], found["alarms"]) == ({"scores": 0.4}, {"scores": "They moved."})
    refused = client.get("/v1/review/drift?site=border", headers=moderator.bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_too_low")
    unknown = client.get("/v1/review/drift?site=elsewhere", headers=lead.bearer)
    assert unknown.status_code == 404
