"""What tests of the model share: the folder of corpora, when there is one."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora_folder() -> Path:
    """Return the folder named by PARLEY_CORPORA; tests that need it are skipped without it."""
    named = os.environ.get("PARLEY_CORPORA")
    if not named:
        pytest.skip("PARLEY_CORPORA does not name a folder of corpora")
    return Path(named)
