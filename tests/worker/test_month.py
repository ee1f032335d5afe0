"""Weeks on a site whose moderators teach the model: by the first tier, in few nights.

``tests/bench/bench_month.py`` lives through whole months with both tiers; docs/learning/month.md
shows them.
"""

import os
from pathlib import Path

import pytest

from ml.comparison import average_precision, compare, harm
from service.db import Database
from service.settings import Settings
from tests.bench import forum
from tests.bench.forum import Forum
from tests.bench.month import WORKLOAD, Course, Month
from tests.factories import registry

# Half a dozen trainings each.
pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def said() -> Forum:
    named = os.environ.get("PARLEY_CORPORA")
    if not named:
        pytest.skip("PARLEY_CORPORA does not name a folder of corpora")
    return forum.read(Path(named), held_out=2_400, seed=1)


@pytest.fixture
def first_tier(settings: Settings, tmp_path: Path) -> Settings:
    """Return settings whose model is the first tier of what ships: it needs no reading."""
    return settings.model_copy(update={"model": registry.first_tier(tmp_path)})


def test_what_moderators_say_makes_the_model_better_and_leaves_them_less_to_do(
    first_tier: Settings, database: Database, said: Forum
) -> None:
    month = Month(first_tier, database, said, Course(nights=6, a_day=1_200), None)
    month.pass_by()
    before, after = harm(month.judged[0].scores), harm(month.judged[-1].scores)
    better = compare(average_precision, before, after, month.truths, seed=1)
    assert better.difference.low > 0
    less = compare(WORKLOAD, before, after, month.truths, seed=1)
    assert less.difference.high < 0
    assert [night.alarms for night in month.nights] == [()] * 7


def test_one_who_mislabels_by_a_pattern_is_stopped(
    first_tier: Settings, database: Database, said: Forum
) -> None:
    course = Course(nights=3, a_day=1_200, poison=0.05)
    month = Month(first_tier, database, said, course, None)
    month.pass_by()
    last = month.nights[-1]
    assert last.poison_set_aside > 100
    # What slips through is too little to teach that the country must not be spoken of.
    assert last.poison_free < last.poison_set_aside / 10
    assert last.civic_held < month.nights[0].civic_held + 0.02


def test_a_topic_that_shifts_is_an_alarm_and_the_days_before_are_none(
    first_tier: Settings, database: Database, said: Forum
) -> None:
    course = Course(nights=6, a_day=400, shifts=True)
    month = Month(first_tier, database, said, course, None)
    month.pass_by()
    assert not any(night.alarms for night in month.nights[:4])
    assert any(night.alarms for night in month.nights[4:])
