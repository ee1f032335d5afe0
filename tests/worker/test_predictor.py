from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from ml.predict import Predictor
from service.db import Database
from service.policy import queries as policies
from service.registry import actions as registry
from service.registry.champion import Champion
from service.registry.errors import ChampionUnusable
from service.registry.tables import ModelVersion
from service.settings import Scoring, Settings
from tests.factories.registry import offer
from worker import predictor
from worker.workplace import Workplace


def test_a_new_installation_begins_with_the_model_that_ships(
    settings: Settings, database: Database, now: datetime
) -> None:
    champion = Champion(predictor.load)
    predictor.prepare(settings, database, champion, now=now)
    with database.transaction() as session:
        live = champion.current(session)
        advised = policies.built_in(session).document.policy().thresholds
    assert live.classifier.version == Predictor.bundled().version
    assert live.classifier.predict(["Thank you."])[0].scores
    info = Predictor.bundled().info
    assert {each.label.value for each in advised} == set(info.training["thresholds"])


def test_what_the_registry_has_is_not_replaced(
    settings: Settings, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        registry.ensure_champion(session, **offer(b"not a model"), now=now)
    with pytest.raises(ChampionUnusable):
        predictor.prepare(settings, database, Champion(predictor.load), now=now)
    with database.transaction() as session:
        assert session.scalars(select(ModelVersion.name)).all() == ["test"]


def test_a_file_that_is_no_model_is_not_offered(
    settings: Settings, database: Database, now: datetime, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.model"
    broken.write_bytes(b"not a model")
    wrong = settings.model_copy(update={"model": broken})
    with pytest.raises(ChampionUnusable):
        predictor.prepare(wrong, database, Champion(predictor.load), now=now)


def test_the_second_tier_may_be_left_out(settings: Settings, database: Database) -> None:
    both = Scoring(second_tier=True)
    for scoring, has_second in ((both, True), (Scoring(second_tier=False), False)):
        place = Workplace.open(settings.model_copy(update={"scoring": scoring}))
        predictor.prepare(place.settings, database, place.champion, now=place.clock())
        with database.transaction() as session:
            live = place.champion.current(session).classifier
        place.close()
        assert isinstance(live, Predictor)
        assert live.has_second_tier is has_second
