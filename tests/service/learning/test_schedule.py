from datetime import UTC, datetime, timedelta

import pytest

from service.learning.schedule import ScheduleInvalid, is_due, parse

AT_NIGHT = "30 2 * * *"
NIGHT = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)


def test_a_run_is_due_once_for_each_time_of_its_schedule() -> None:
    assert not is_due(AT_NIGHT, last=None, now=NIGHT - timedelta(minutes=1))
    assert is_due(AT_NIGHT, last=None, now=NIGHT)
    assert not is_due(AT_NIGHT, last=NIGHT, now=NIGHT + timedelta(minutes=1))
    assert is_due(AT_NIGHT, last=NIGHT, now=NIGHT + timedelta(days=1))


def test_what_was_missed_for_hours_waits_for_the_next_time() -> None:
    assert is_due(AT_NIGHT, last=None, now=NIGHT + timedelta(hours=5))
    assert not is_due(AT_NIGHT, last=None, now=NIGHT + timedelta(hours=7))


def test_the_week_begins_on_sunday_as_cron_has_it() -> None:
    sunday = datetime(2026, 11, 29, 2, 30, tzinfo=UTC)
    assert is_due("30 2 * * 0", last=None, now=sunday)
    assert not is_due("30 2 * * 1", last=None, now=sunday)


def test_never_is_never() -> None:
    assert not is_due("never", last=None, now=NIGHT)


@pytest.mark.parametrize("line", ["every night", "61 2 * * *", "30 2 * *"])
def test_what_cron_would_not_read_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(ScheduleInvalid, match="30 2"):
        parse(line)
