"""Runs the web, beat and worker processes as one: one log, restarts, one orderly end.

Children are started in sessions of their own, so that Ctrl-C reaches only the supervisor, which
ends them stage by stage; their standard input is a lifeline (see
``service/machine/lifeline.py``), so that they end too when the supervisor is killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Final

from service.machine import lifeline
from service.machine.supervised_log import SupervisedLog

# A program that ends so has said what is wrong with its settings; it will not get better by itself.
REFUSED: Final = 2
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FIRST_DELAY: Final = timedelta(milliseconds=500)
_LONGEST_DELAY: Final = timedelta(seconds=30)
_HEALTHY_AFTER: Final = timedelta(seconds=30)
_FORCED_WITHIN: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Program:
    """One process to be kept running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    inherits: Sequence[int] = ()
    """Descriptors that it gets under the same numbers: a listening socket."""
    stop_within: timedelta = timedelta(seconds=5)
    """How long it may take to finish what it is doing."""


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    delay: timedelta = _FIRST_DELAY
    ended: threading.Event = field(default_factory=threading.Event)
    lines: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and not self.ended.is_set()

    def signal(self, number: int) -> None:
        # Not Popen.send_signal: it would bury a dead child before its group has been ended.
        if self.process is not None and self.is_running:
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        """End it and all that it started, at once."""
        if self.process is not None and self.is_running:
            _kill_group(self.process.pid)


class Supervisor:
    """Keeps programs running until a signal asks for the end.

    Args:
        stages: programs that end together, in the order in which they end.
        log: takes every line that they write.
    """

    def __init__(self, stages: Sequence[Sequence[Program]], *, log: SupervisedLog) -> None:
        self._stages = [[_Child(program) for program in stage] for stage in stages]
        self._log = log
        self._events: SimpleQueue[_Child | int] = SimpleQueue()
        self._lifeline: tuple[int, int] | None = None

    def run(self, *, when_started: Callable[[], None] = lambda: None) -> int:
        """Start everything, keep it running, end it in order; return the exit code.

        0 after a signal, 2 when a program refused its settings.
        """
        before = {number: signal.signal(number, self._asked_to_stop) for number in _STOP_SIGNALS}
        self._lifeline = os.pipe()
        try:
            for child in self._children:
                self._start(child)
            when_started()
            return self._keep_running()
        finally:
            self._stop()
            for descriptor in self._lifeline:
                os.close(descriptor)
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Ask for the end, from any thread."""
        self._events.put(signal.SIGTERM)

    @property
    def _children(self) -> list[_Child]:
        return [child for stage in self._stages for child in stage]

    def _asked_to_stop(self, number: int, _frame: FrameType | None) -> None:
        self._events.put(number)

    def _keep_running(self) -> int:
        while True:
            event = self._next_event()
            if isinstance(event, int):
                return 0
            if event is not None and event.process is not None:
                if event.process.returncode == REFUSED:
                    self._say(f"{event.program.name} refused to start; ending everything.")
                    return REFUSED
                self._plan_restart(event, event.process.returncode)
            for child in self._children:
                if child.process is None and child.start_at <= time.monotonic():
                    self._start(child)

    def _next_event(self) -> _Child | int | None:
        planned = [child.start_at for child in self._children if child.process is None]
        wait = max(0.0, min(planned) - time.monotonic()) if planned else None
        try:
            return self._events.get(timeout=wait)
        except Empty:
            return None

    def _start(self, child: _Child) -> None:
        if self._lifeline is None:
            raise AssertionError("children are started by run()")
        child.ended = threading.Event()
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            child.program.command,
            stdin=self._lifeline[0],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**child.program.environment, lifeline.VARIABLE: "stdin", "PYTHONUNBUFFERED": "1"},
            pass_fds=child.program.inherits,
            start_new_session=True,
        )
        child.lines, end = (
            threading.Thread(target=follow, args=(child, child.process), daemon=True)
            for follow in (self._follow_lines, self._follow_end)
        )
        child.lines.start()
        end.start()

    def _follow_lines(self, child: _Child, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for line in lines:
                    self._log.write(child.program.name, line.rstrip("\n"))

    def _follow_end(self, child: _Child, process: subprocess.Popen[str]) -> None:
        # Seen, but not yet buried: until then its number, and its group's, cannot be another's.
        if sys.platform != "darwin":  # which has no such call in every Python that we support
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        else:
            process.wait()
        _kill_group(process.pid)
        child.ended.set()
        process.wait()
        self._events.put(child)

    def _plan_restart(self, child: _Child, returncode: int) -> None:
        if time.monotonic() - child.started_at >= _HEALTHY_AFTER.total_seconds():
            child.delay = _FIRST_DELAY
        wait = child.delay.total_seconds()
        how = f"was ended by signal {-returncode}" if returncode < 0 else f"ended with {returncode}"
        self._say(f"{child.program.name} {how}; starting it again in {wait:g} s.")
        child.process = None
        child.start_at = time.monotonic() + wait
        child.delay = min(2 * child.delay, _LONGEST_DELAY)

    def _stop(self) -> None:
        for stage in self._stages:
            running = [child for child in stage if child.is_running]
            for child in running:
                child.signal(signal.SIGTERM)
            for child in running:
                self._wait_or_kill(child)
                if child.lines is not None:
                    # Its last words are still on their way through the pipe.
                    child.lines.join(_FORCED_WITHIN.total_seconds())

    def _wait_or_kill(self, child: _Child) -> None:
        deadline = time.monotonic() + child.program.stop_within.total_seconds()
        while not child.ended.wait(0.05):
            if time.monotonic() >= deadline or self._asked_again():
                self._say(f"{child.program.name} is ended by force.")
                child.kill()
                child.ended.wait(_FORCED_WITHIN.total_seconds())
                return

    def _asked_again(self) -> bool:
        try:
            return isinstance(self._events.get_nowait(), int)
        except Empty:
            return False

    def _say(self, sentence: str) -> None:
        self._log.write("parley", sentence)


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Nobody is left in it; macOS says so of a group of the dead with EPERM.
        return
