import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text

from service import logs
from service.db import Database

WROTE = "what a reader wrote"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Put back how the other tests log."""
    before = logging.getLogger().handlers
    yield
    logging.getLogger().handlers = before
    structlog.reset_defaults()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_refused_row_is_not_repeated_in_the_log(
    database: Database, capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    logs.configure(as_json=as_json)
    try:
        with database.transaction() as session:
            session.execute(text("CREATE TEMP TABLE kept (body text CHECK (length(body) < 5))"))
            session.execute(text("INSERT INTO kept VALUES (:body)"), {"body": WROTE})
    except Exception as error:
        structlog.get_logger("ours").error("unexpected_error", exc_info=error)
        logging.getLogger("theirs").log(40, "Task failed: %s", error, exc_info=sys.exc_info())
    written = capsys.readouterr().err
    assert written.count("CheckViolation (sqlstate 23514)") == 2
    assert WROTE not in written


def test_another_error_keeps_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    error = ValueError("the answer is not 42")
    structlog.get_logger("ours").error("unexpected_error", exc_info=error)
    assert "the answer is not 42" in capsys.readouterr().err
