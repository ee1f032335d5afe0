"""A pipe from the supervisor, as standard input: when it breaks, whoever holds the end stops.

A killed supervisor cannot end its children; the system closes its pipes for it. So a child that
watches one learns of the death at once, on any system, without polling.

``python -m service.lifeline PID BEGAN SIGNAL …`` does the same for programs that are not ours.
"""

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from typing import Final

VARIABLE: Final = "PARLEY_LIFELINE"
_GRACE: Final = timedelta(seconds=5)


def hold(*, grace: timedelta = _GRACE) -> None:
    """End this process in order when its supervisor is gone, by force after ``grace``.

    Does nothing in a process that no supervisor started.
    """
    if os.environ.pop(VARIABLE, None) is None:
        return
    threading.Thread(target=_end_with_the_pipe, args=(grace,), daemon=True).start()


def _end_with_the_pipe(grace: timedelta) -> None:
    _wait_for_the_end(sys.stdin.fileno())
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace.total_seconds())
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _wait_for_the_end(descriptor: int) -> None:
    while os.read(descriptor, 1024):
        continue


def _watch(words: list[str]) -> None:
    from service.processes import Process  # noqa: PLC0415 - children that only hold need no psutil

    _wait_for_the_end(sys.stdin.fileno())
    for pid, began, signal_name in zip(words[::3], words[1::3], words[2::3], strict=True):
        Process(int(pid), float(began)).signal(signal.Signals[f"SIG{signal_name}"])


if __name__ == "__main__":
    _watch(sys.argv[1:])
