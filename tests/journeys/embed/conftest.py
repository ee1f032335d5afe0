from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from service.db import Database
from service.settings import Embed, Settings
from tests.journeys.embed.paper import Paper, printed
from tests.service.keys import a_caller


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Return settings under which nothing is answered from memory, and nobody has to wait."""
    embed = Embed(
        shared_for=timedelta(0),
        outcome_within=timedelta(0),
        least_time_to_write=timedelta(0),
        work_bits=8,
        second_thought_within=timedelta(seconds=30),
        comments_per_minute=10_000,
        writes_per_minute=10_000,
        notices_per_minute=10_000,
        reads_per_minute=10_000,
    )
    return settings.model_copy(update={"embed": embed})


@pytest.fixture
def paper(served: str, database: Database) -> Iterator[Paper]:
    caller = a_caller(database, "daily", now=datetime.now(UTC))
    with printed(served, caller, database) as paper:
        yield paper
