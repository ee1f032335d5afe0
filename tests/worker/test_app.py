from collections.abc import Iterator

import pytest
from celery import Celery

from service import jobs
from service.broker import QUEUE, celery_settings
from service.registry.champion import Champion
from service.registry.errors import ChampionUnusable
from service.scoring.classifier import Classifier
from service.settings import Settings
from tests.conftest import Addresses
from tests.fakes import FakePredictor
from worker.app import app, prepare_once
from worker.app import settings as settings_of_process
from worker.schedule import beat_schedule
from worker.task import HANDLERS
from worker.workplace import Workplace

CATALOGUE = {job.name: job for job in jobs.CATALOGUE}


@pytest.fixture(autouse=True)
def _environment(servers: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the application read the test's own addresses, and forget them."""
    monkeypatch.setenv("PARLEY_REDIS_URL", servers.redis_url)
    settings_of_process.cache_clear()
    yield
    settings_of_process.cache_clear()


def own_tasks(celery: Celery) -> set[str]:
    return {name for name in celery.tasks if not name.startswith("celery.")}


def test_the_worker_does_every_job_of_the_catalogue_and_no_other() -> None:
    assert own_tasks(app) == set(CATALOGUE)
    assert set(HANDLERS) == set(jobs.CATALOGUE)


def test_every_job_has_a_name_of_its_own() -> None:
    assert len(CATALOGUE) == len(jobs.CATALOGUE)


def test_what_the_clock_starts_is_in_the_catalogue_and_goes_where_the_worker_listens(
    settings: Settings,
) -> None:
    schedule = beat_schedule(settings)
    assert {entry["task"] for entry in schedule.values()} <= set(CATALOGUE)
    assert {entry["options"]["queue"] for entry in schedule.values()} == {QUEUE}
    assert schedule["sweep"]["schedule"] == settings.worker.sweep_every


def test_only_json_is_accepted(redis_url: str) -> None:
    assert celery_settings(redis_url)["accept_content"] == ["json"]


def test_a_process_that_began_without_a_classifier_loads_it_when_there_is_one(
    workplace: Workplace, classifier: FakePredictor
) -> None:
    usable = False

    def load(content: bytes) -> Classifier:
        if not usable:
            raise ChampionUnusable(f"{len(content)} bytes of another release")
        return classifier

    workplace.champion = Champion(load)
    prepare_once(workplace)
    assert not workplace.is_prepared
    usable = True
    prepare_once(workplace)
    assert workplace.is_prepared
