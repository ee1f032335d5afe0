from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI

from service.settings import Dialects, Settings
from tests.served import served
from tests.service.keys import Caller


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Return settings with time enough on a busy machine; what a deadline does is tested apart."""
    patient = Dialects.model_validate(
        {"deadline": timedelta(seconds=20), "closer_look_within": timedelta(seconds=10)}
    )
    return settings.model_copy(update={"dialects": patient})


@pytest.fixture
def address(app: FastAPI, caller: Caller) -> Iterator[str]:
    """Return where the application really listens; the site of ``caller`` is there."""
    assert caller
    with served(app) as address:
        yield address
