"""Processes by identity: a bare process number may long belong to somebody else."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

import psutil

_POLL_SECONDS = 0.02
# A process's beginning is told from the system's, which moves when the clock is set.
_CLOCK_STEP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process, known by its number *and* the moment it began."""

    pid: int
    began: float

    @classmethod
    def find(cls, pid: int) -> Self | None:
        """Return the process that has this number now, unless it has ended."""
        try:
            found = psutil.Process(pid)
            if found.status() == psutil.STATUS_ZOMBIE:
                return None
            return cls(pid, found.create_time())
        except psutil.NoSuchProcess:
            return None

    @property
    def is_running(self) -> bool:
        now = Process.find(self.pid)
        return now is not None and abs(now.began - self.began) < _CLOCK_STEP_SECONDS

    def signal(self, number: int) -> None:
        """Send a signal, if the process is still the same one."""
        if not self.is_running:
            return
        try:
            psutil.Process(self.pid).send_signal(number)
        except psutil.NoSuchProcess:
            return


def wait_until_ended(processes: Iterable[Process], *, within: timedelta) -> bool:
    """Return whether all of them ended in time."""
    deadline = time.monotonic() + within.total_seconds()
    waited_for = list(processes)
    while any(process.is_running for process in waited_for):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def working_in(folder: Path) -> list[Process]:
    """Return the processes whose working directory is ``folder``, as PostgreSQL's all are."""
    wanted = str(folder.resolve())
    found = []
    for candidate in psutil.process_iter():
        try:
            if candidate.cwd() == wanted and candidate.status() != psutil.STATUS_ZOMBIE:
                found.append(Process(candidate.pid, candidate.create_time()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
