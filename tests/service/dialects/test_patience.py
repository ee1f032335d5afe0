from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from service.dialects import patience
from service.settings import Dialects, Settings
from tests.service.dialects import test_akismet as akismet
from tests.service.keys import Caller

DEADLINE = timedelta(seconds=8)


class Clock:
    """Stands still until somebody is said to wait."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(patience, "time", clock)
    patience.begin()
    return clock


def seconds_left() -> float:
    return patience.share(DEADLINE).total_seconds()


def test_no_wait_takes_more_than_half_and_all_together_no_more_than_the_whole(
    clock: Clock,
) -> None:
    shares = []
    for waited in (3, 3, 1, 5):
        shares.append(seconds_left())
        clock.at += waited
    assert shares == [4, 4, 2, 1]
    assert seconds_left() == 0


def test_a_body_that_comes_slowly_takes_none_of_the_time(clock: Clock) -> None:
    with patience.suspended():
        clock.at += 60
    assert seconds_left() == 4
    clock.at += 6
    with patience.suspended():
        clock.at += 60
    assert seconds_left() == 2


def test_each_call_has_its_own_time(clock: Clock) -> None:
    seconds_left()
    clock.at += 60
    patience.begin()
    assert seconds_left() == 4


class TestAHeldCallOfAkismet:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        hurried = Dialects.model_validate({"deadline": DEADLINE})
        return settings.model_copy(update={"dialects": hurried})

    def test_waits_no_longer_than_the_deadline_whatever_is_slow(
        self,
        client: TestClient,
        caller: Caller,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        began = clock.at
        as_it_is = patience.share

        def spent(deadline: timedelta) -> timedelta:
            clock.at += as_it_is(deadline).total_seconds()
            return timedelta(minutes=2)

        monkeypatch.setattr(patience, "share", spent)
        answer = akismet.check(client, caller, "You idiot.", **akismet.TestWordPress().sent())
        assert answer.text == "false"
        assert clock.at - began == DEADLINE.total_seconds()
