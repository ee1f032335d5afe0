"""When a run is due, by a line as cron writes it. Times are UTC."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from celery.schedules import ParseException, crontab

NEVER = "never"
NOT_CRON = (
    "must be five fields as cron writes them (minute, hour, day of month, month, day of week), such"
    ' as "30 2 * * *", or "never"'
)
# A run that was missed for longer, because nothing ran, waits for the next time.
MADE_UP_FOR = timedelta(hours=6)
_MINUTE = timedelta(minutes=1)


class ScheduleInvalid(ValueError):
    """The line is none of cron's; the message says what it must be."""


class Schedule(Protocol):
    """The minutes, hours, days and months of a schedule, as sets of numbers."""

    minute: set[int]
    hour: set[int]
    day_of_week: set[int]
    day_of_month: set[int]
    month_of_year: set[int]


@lru_cache(maxsize=64)
def parse(line: str) -> Schedule | None:
    """Return the schedule; None: never.

    Raises:
        ScheduleInvalid: it is none.
    """
    if line.strip().lower() in (NEVER, ""):
        return None
    try:
        parsed: Schedule = crontab.from_string(" ".join(line.split()))
    except (ValueError, ParseException) as error:
        raise ScheduleInvalid(NOT_CRON) from error
    return parsed


def is_due(line: str, *, last: datetime | None, now: datetime) -> bool:
    """Say whether a time of the schedule has come since ``last``, and not long ago.

    Args:
        line: the schedule.
        last: when a run began last; None: never yet.
        now: the time.
    """
    schedule = parse(line)
    if schedule is None:
        return False
    earliest = now - MADE_UP_FOR
    since = earliest if last is None else max(last, earliest)
    at = now.replace(second=0, microsecond=0)
    while at > since:
        if _is_of(schedule, at):
            return True
        at -= _MINUTE
    return False


def _is_of(schedule: Schedule, at: datetime) -> bool:
    return (
        at.minute in schedule.minute
        and at.hour in schedule.hour
        and at.month in schedule.month_of_year
        and at.day in schedule.day_of_month
        # Cron's week begins on Sunday with 0, Python's on Monday.
        and at.isoweekday() % 7 in schedule.day_of_week
    )
