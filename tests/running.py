"""Real processes of Parley, started for a journey or a measurement: worker, beat, web."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
_WORKER = ("celery", "--app=worker.app:app", "--quiet", "worker", "--without-gossip")
_BEAT = ("celery", "--app=worker.app:app", "--quiet", "beat", "--scheduler=celery.beat:Scheduler")
_WEB = ("uvicorn", "service.asgi:app", "--factory", "--no-access-log", "--log-level=warning")

# Below those that the system hands out by itself, and apart in each test process: what is free now
# is still free when a process that takes its time has started.
_PORTS = itertools.cycle(range(20_000 + os.getpid() % 1000 * 10, 30_000))


class Running:
    """A command in a process group of its own, from ``with`` to its end."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self._command = (sys.executable, "-m", *command)
        self._environment = {**os.environ, **environment}
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End every process of the group at once, as a power cut does."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, wait, and end what is left."""
        self._signal(signal.SIGTERM)
        self._signal(signal.SIGKILL)

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def await_words(self, words: str, *, seconds: float = 120) -> None:
        """Return when ``words`` stand in the log."""
        wait_until(lambda: self.said(words) or not self.is_running, seconds=seconds)
        if not self.said(words):
            raise AssertionError(f"ended without {words!r}: {self.log.read_text()[-2000:]}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def worker(environment: Mapping[str, str], log: Path, *, processes: int = 2) -> Running:
    """Return a worker; it says ``ready`` when all its processes have loaded the classifier."""
    options = (f"--concurrency={processes}", "--without-mingle", "--loglevel=INFO")
    return Running(*_WORKER, *options, environment=environment, log=log)


def beat(environment: Mapping[str, str], log: Path) -> Running:
    return Running(*_BEAT, "--pidfile=", environment=environment, log=log)


def web(environment: Mapping[str, str], log: Path, *, port: int) -> Running:
    return Running(*_WEB, f"--port={port}", environment=environment, log=log)


def free_port() -> int:
    """Return a port that is free, and stays so until somebody asks for this very number."""
    while True:
        port = next(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_until(is_so: Callable[[], bool], *, seconds: float, every: float = 0.02) -> None:
    """Return when ``is_so`` says so.

    Raises:
        AssertionError: it did not in time.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {seconds} s")
        time.sleep(every)
