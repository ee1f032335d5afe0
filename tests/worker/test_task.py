from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service import metrics
from service.errors import Conflict, Invalid, NotFound, RateLimited, Unavailable
from service.jobs import Job
from worker import task
from worker.task import TryAgain, handles, perform
from worker.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Errand(Job):
    name: ClassVar[str] = "errand"


@pytest.fixture
def failing_with() -> Iterator[list[BaseException]]:
    """Return the errors that the errand will raise, one for each time."""
    errors: list[BaseException] = []

    @handles(Errand)
    def run(_: Errand, __: Workplace) -> None:
        if errors:
            raise errors.pop(0)

    yield errors
    del task.HANDLERS[Errand]


@pytest.mark.parametrize("error", [NotFound("gone"), Conflict("decided"), Invalid("meaningless")])
def test_what_cannot_get_better_is_dropped(
    workplace: Workplace, failing_with: list[BaseException], error: BaseException
) -> None:
    failing_with.append(error)
    perform(Errand(), workplace, tries=0)
    assert failing_with == []


@pytest.mark.parametrize(
    "error", [Unavailable("silent"), OperationalError("SELECT", {}, OSError("gone"))]
)
def test_a_silent_dependency_is_asked_again_later_and_later(
    workplace: Workplace, failing_with: list[BaseException], error: BaseException
) -> None:
    waits = []
    for tries in range(3):
        failing_with.append(error)
        with pytest.raises(TryAgain) as wish:
            perform(Errand(), workplace, tries=tries)
        waits.append(wish.value.after.total_seconds())
    assert waits == [1, 2, 4]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "done"),
        (Conflict("decided"), "dropped"),
        (Unavailable("silent"), "again"),
        (ZeroDivisionError(), "failed"),
    ],
)
def test_what_came_of_a_job_is_counted_and_timed(
    workplace: Workplace,
    failing_with: list[BaseException],
    error: BaseException | None,
    outcome: str,
) -> None:
    def counted(name: str, **labels: str) -> float:
        return metrics.REGISTRY.get_sample_value(name, {"job": "errand", **labels}) or 0

    def numbers() -> tuple[float, float]:
        return counted("parley_jobs_total", outcome=outcome), counted("parley_job_seconds_count")

    before = numbers()
    failing_with += [error] if error else []
    with suppress(TryAgain, ZeroDivisionError):
        perform(Errand(), workplace, tries=0)
    assert numbers() == tuple(number + 1 for number in before)


def test_a_limit_is_heeded(workplace: Workplace, failing_with: list[BaseException]) -> None:
    failing_with.append(RateLimited("slower", retry_after=timedelta(seconds=40)))
    with pytest.raises(TryAgain) as wish:
        perform(Errand(), workplace, tries=0)
    assert wish.value.after == timedelta(seconds=40)


def test_a_bug_of_ours_is_not_hidden(
    workplace: Workplace, failing_with: list[BaseException]
) -> None:
    failing_with.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        perform(Errand(), workplace, tries=0)


def test_a_database_that_has_gone_is_a_silent_dependency(
    workplace: Workplace, failing_with: list[BaseException]
) -> None:
    with pytest.raises(OperationalError) as gone, workplace.database.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    failing_with.append(gone.value)
    with pytest.raises(TryAgain):
        perform(Errand(), workplace, tries=0)
