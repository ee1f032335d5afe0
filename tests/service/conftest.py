from datetime import datetime

import pytest

from service.db import Database
from tests.service.keys import Caller, a_caller


@pytest.fixture
def caller(database: Database, now: datetime) -> Caller:
    """Return a site that calls the API."""
    return a_caller(database, "news", now=now)


@pytest.fixture
def stranger(database: Database, now: datetime) -> Caller:
    """Return another site, which must see nothing of the first one's."""
    return a_caller(database, "elsewhere", now=now)
