from datetime import datetime

import pytest

from ml.labels import Label
from service.db import Database
from service.registry import actions as registry
from service.registry.queries import digest_of
from tests.fakes import FakePredictor


@pytest.fixture
def champion(database: Database, classifier: FakePredictor, now: datetime) -> int:
    """Return the number of the live model version, which is the one that the app scores with."""
    content = b"a model"
    classifier.version = digest_of(content)
    info = {
        "supported": {label.value: ["en", "ru"] for label in Label},
        "training": {"thresholds": {"insult": {"hold": 0.3, "reject": 0.9}}},
    }
    with database.transaction() as session:
        return registry.ensure_champion(
            session, digest=classifier.version, name="m", content=content, info=info, now=now
        ).id


@pytest.fixture
def now() -> datetime:
    return datetime.now(tz=None).astimezone()
