from contextlib import suppress

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service import problems
from service.db import Database
from service.jobs import DeliverWebhooks, Job, ScoreComments, enqueue
from service.request import Transaction
from tests.factories.sites import a_site


def test_a_job_is_published_only_after_the_outermost_commit(
    database: Database, published: list[Job]
) -> None:
    with database.transaction() as session:
        with session.begin_nested():
            enqueue(session, ScoreComments())
        assert published == []
    assert published == [ScoreComments()]


def test_a_job_asked_for_twice_is_published_once(database: Database, published: list[Job]) -> None:
    with database.transaction() as session:
        for job in (ScoreComments(), DeliverWebhooks(), ScoreComments()):
            enqueue(session, job)
    assert published == [ScoreComments(), DeliverWebhooks()]


def test_a_rollback_takes_its_jobs_along(database: Database, published: list[Job]) -> None:
    with suppress(ZeroDivisionError), database.transaction() as session:
        enqueue(session, ScoreComments())
        raise ZeroDivisionError
    assert published == []


def test_a_failed_commit_is_not_answered_with_success(database: Database) -> None:
    app = FastAPI()
    app.state.database = database
    problems.install(app)

    @app.post("/")
    def fails_at_commit(session: Transaction) -> str:
        _defer_a_violation(session)
        return "stored"

    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.post("/").status_code == 500


def _defer_a_violation(session: Session) -> None:
    """Break a constraint that is looked at only when the transaction is committed."""
    session.execute(text("CREATE TEMP TABLE once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
    session.execute(text("INSERT INTO once VALUES (1), (1)"))


def test_a_row_that_is_stored_is_there_in_the_next_transaction(database: Database) -> None:
    site = a_site()
    with database.transaction() as session:
        session.add(site)
    with database.transaction() as session:
        assert session.get(type(site), site.id) is not None


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_operator_gets_an_answer(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_an_error_of_the_database_does_not_repeat_what_a_reader_wrote(
    database: Database,
) -> None:
    wrote = "nobody must find this in a log"
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        session.execute(text("SELECT length(:body) / 0"), {"body": wrote})
    assert wrote not in str(caught.value)
