"""What tests of the model share: the folder of corpora, when there is one."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine's other work than of ours.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def corpora_folder() -> Path:
    """Return the folder named by PARLEY_CORPORA; tests that need it are skipped without it."""
    named = os.environ.get("PARLEY_CORPORA")
    if not named:
        pytest.skip("PARLEY_CORPORA does not name a folder of corpora")
    return Path(named)
