from pathlib import Path

import pytest


@pytest.fixture
def surroundings(
    monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Have a command find the test's own database, broker and data folder."""
    monkeypatch.setenv("PARLEY_DATABASE_URL", database_url)
    monkeypatch.setenv("PARLEY_REDIS_URL", redis_url)
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path))
