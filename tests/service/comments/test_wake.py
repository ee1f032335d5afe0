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
        may_end.wait(60)

    async def ask() -> None:
        wake = WakeUp(call)
        wake.soon()
        await asyncio.to_thread(began.wait, 60)
        for _ in range(3):
            wake.soon()
        assert len(calls) == 1  # never two at a time
        may_end.set()
        await wake.finish()

    asyncio.run(ask())
    assert len(calls) == 2


def test_a_slow_call_does_not_hold_the_loop_up() -> None:
    may_end, ended = threading.Event(), threading.Event()

    def call() -> None:
        may_end.wait(30)
        ended.set()

    async def ask() -> bool:
        wake = WakeUp(call)
        wake.soon()
        await asyncio.sleep(0.01)
        has_waited = ended.is_set()
        may_end.set()
        await wake.finish()
        return has_waited

    assert not asyncio.run(ask())
