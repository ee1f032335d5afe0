"""A pipe from the supervisor, as standard input: when it breaks, whoever holds the end stops.

A killed supervisor cannot end its children; the system closes its pipes for it. So a child that
watches one learns of the death at once, on any system, without polling.

``python -m service.machine.lifeline PID BEGAN SIGNAL …`` does the same for programs that are not
ours.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Final

VARIABLE: Final = "PARLEY_LIFELINE"
_GRACE: Final = timedelta(seconds=5)
# Waits for a process group to be empty, for so many tenths of a second; then ends it by force.
_END_GROUP: Final = """
left=$2
while kill -s 0 -- "-$1"; do
    [ "$left" -gt 0 ] || { kill -s KILL -- "-$1"; break; }
    left=$((left - 1))
    sleep 0.1
done
"""


def hold(*, grace: timedelta = _GRACE) -> None:
    """End this process in order when its supervisor is gone, by force after ``grace``.

    Does nothing in a process that no supervisor started.
    """
    if os.environ.pop(VARIABLE, None) is None:
        return
    threading.Thread(target=_end_with_the_pipe, args=(grace,), daemon=True).start()


def _end_with_the_pipe(grace: timedelta) -> None:
    _wait_for_the_end(sys.stdin.fileno())
    if os.getpgrp() == os.getpid():
        # From outside: this process may end before those that it started.
        subprocess.Popen(  # noqa: S603 - a fixed script, and numbers
            [
                "/bin/sh",
                "-c",
                _END_GROUP,
                "sh",
                str(os.getpid()),
                str(int(10 * grace.total_seconds())),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace.total_seconds())
    os.kill(os.getpid(), signal.SIGKILL)


def _wait_for_the_end(descriptor: int) -> None:
    while os.read(descriptor, 1024):
        continue


def _watch(words: list[str]) -> None:
    from service.machine.processes import Process  # noqa: PLC0415 - children that only hold need no psutil

    _wait_for_the_end(sys.stdin.fileno())
    for pid, began, signal_name in zip(words[::3], words[1::3], words[2::3], strict=True):
        Process(int(pid), float(began)).signal(signal.Signals[f"SIG{signal_name}"])


if __name__ == "__main__":
    _watch(sys.argv[1:])
