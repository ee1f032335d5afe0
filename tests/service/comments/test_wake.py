import asyncio
import threading
import time

from service.comments.wake import WakeUp


def test_many_who_ask_at_once_get_one_call() -> None:
    calls: list[float] = []

    async def ask() -> None:
        wake = WakeUp(lambda: calls.append(time.monotonic()))
        for _ in range(100):
            wake.soon()
        await wake.finish()

    asyncio.run(ask())
    assert len(calls) == 1


def test_who_asks_during_a_call_gets_one_more_after_it() -> None:
    began, may_end = threading.Event(), threading.Event()
    calls: list[None] = []

    def call() -> None:
        calls.append(None)
        began.set()
        may_end.wait(5)

    async def ask() -> None:
        wake = WakeUp(call)
        wake.soon()
        await asyncio.to_thread(began.wait, 5)
        for _ in range(3):
            wake.soon()
        assert len(calls) == 1  # never two at a time
        may_end.set()
        await wake.finish()

    asyncio.run(ask())
    assert len(calls) == 2


def test_a_slow_call_does_not_hold_the_loop_up() -> None:
    async def ask() -> float:
        wake = WakeUp(lambda: time.sleep(0.3))
        started = time.monotonic()
        wake.soon()
        await asyncio.sleep(0.01)
        passed = time.monotonic() - started
        await wake.finish()
        return passed

    assert asyncio.run(ask()) < 0.25
