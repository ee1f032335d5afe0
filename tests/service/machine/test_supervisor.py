"""Real processes, ended in every way."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from rich.console import Console

from service.machine.processes import Process, wait_until_ended
from service.machine.supervised_log import SupervisedLog
from service.machine.supervisor import Program, Supervisor

SOON = timedelta(seconds=60)
# Says who it is, what it was told, and ends in order unless it is stubborn.
CHILD = """
import os, signal, subprocess, sys, time
from service.machine import lifeline
lifeline.hold(grace=__import__("datetime").timedelta(seconds=1))
name, manner = sys.argv[1:3]
def end(number, frame):
    print(f"{name} ends", flush=True)
    if "stubborn" not in manner:
        sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(f"{name} pid {os.getpid()}", flush=True)
if "parent" in manner:
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(f"{name} grandchild pid {grandchild.pid}", flush=True)
if manner.startswith("exit"):
    sys.exit(int(manner[4:]))
while True:
    time.sleep(0.05)
"""
SUPERVISE = """
import os, sys
from datetime import timedelta
from pathlib import Path
from rich.console import Console
from service.machine.supervised_log import SupervisedLog
from service.machine.supervisor import Program, Supervisor
log = SupervisedLog(Console(), Path(sys.argv[1]))
def program(word):
    name, manner = word.split("=")
    command = [sys.executable, "-c", sys.argv[2], name, manner]
    within = timedelta(seconds=2 if manner == "stubborn" else 60)
    return Program(name, command, os.environ, stop_within=within)
stages = [[program(word)] for word in sys.argv[3:]]
sys.exit(Supervisor(stages, log=log).run())
"""


class Supervised:
    """A supervisor in a process of its own, and what it has written so far."""

    def __init__(self, folder: Path, *programs: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", SUPERVISE, str(folder / "parley.log"), CHILD, *programs],
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: list[str] = []
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self._lines.extend(iter(self.process.stdout.readline, ""))
        self.process.stdout.close()

    @property
    def written(self) -> str:
        return "".join(self._lines)

    def wait_for(self, pattern: str, *, times: int = 1) -> list[str]:
        deadline = time.monotonic() + SOON.total_seconds()
        while time.monotonic() < deadline:
            found = re.findall(pattern, self.written)
            if len(found) >= times:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{pattern!r} was not written:\n{self.written}")

    def child(self, name: str, *, which: int = 1) -> Process:
        pid = self.wait_for(rf"{name} pid (\d+)", times=which)[which - 1]
        found = Process.find(int(pid))
        assert found is not None
        return found

    def ended_with(self) -> int:
        code = self.process.wait(SOON.total_seconds())
        self._reader.join(SOON.total_seconds())
        return code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def supervise() -> Iterator[list[Supervised]]:
    started: list[Supervised] = []
    yield started
    for each in started:
        each.process.kill()
        each.ended_with()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_programs_one_after_the_other(
    folder: Path, supervise: list[Supervised], asked: signal.Signals
) -> None:
    supervise.append(it := Supervised(folder, "web=plain", "beat=plain", "worker=plain"))
    children = [it.child(name) for name in ("web", "beat", "worker")]
    it.process.send_signal(asked)
    assert it.ended_with() == 0
    assert re.findall(r"│ (\w+) ends", it.written) == ["web", "beat", "worker"]
    assert not any(child.is_running for child in children)


def test_every_line_says_who_wrote_it_and_is_kept_in_a_file(
    folder: Path, supervise: list[Supervised]
) -> None:
    supervise.append(it := Supervised(folder, "web=plain", "worker=plain"))
    pid = it.child("worker").pid
    it.child("web")
    it.process.terminate()
    it.ended_with()
    assert f"worker │ worker pid {pid}\n" in it.written
    assert f" worker  worker pid {pid}\n" in (folder / "parley.log").read_text()


def test_a_program_that_crashed_is_started_again(folder: Path, supervise: list[Supervised]) -> None:
    supervise.append(it := Supervised(folder, "web=plain", "worker=plain"))
    web = it.child("web")
    it.child("worker").signal(signal.SIGKILL)
    again = it.child("worker", which=2)
    assert again.is_running
    assert web.is_running
    assert "worker was ended by signal 9; starting it again in 0.5 s." in it.written


def test_a_program_that_crashes_at_once_is_started_less_and_less_often(
    folder: Path, supervise: list[Supervised]
) -> None:
    supervise.append(it := Supervised(folder, "worker=exit1"))
    assert it.wait_for(r"worker ended with 1; starting it again in ([\d.]+) s", times=3) == [
        *("0.5", "1", "2")
    ]


def test_a_program_that_refuses_its_settings_ends_everything(
    folder: Path, supervise: list[Supervised]
) -> None:
    supervise.append(it := Supervised(folder, "web=exit2", "worker=plain"))
    assert it.ended_with() == 2
    assert "web refused to start" in it.written


def test_a_stubborn_program_does_not_hold_up_the_end(
    folder: Path, supervise: list[Supervised]
) -> None:
    supervise.append(it := Supervised(folder, "web=stubborn", "worker=plain"))
    web = it.child("web")
    it.child("worker")
    began = time.monotonic()
    it.process.terminate()
    assert it.ended_with() == 0
    assert time.monotonic() - began < 40
    assert not web.is_running
    assert "web is ended by force." in it.written
    assert "worker ends" in it.written


def test_asking_twice_ends_at_once(folder: Path, supervise: list[Supervised]) -> None:
    supervise.append(it := Supervised(folder, "web=stubborn-for-long"))
    it.child("web")
    it.process.send_signal(signal.SIGINT)
    it.wait_for("web ends")
    it.process.send_signal(signal.SIGINT)
    it.wait_for("by force")
    assert it.ended_with() == 0


def test_no_program_outlives_a_killed_supervisor(folder: Path, supervise: list[Supervised]) -> None:
    supervise.append(
        it := Supervised(folder, "web=plain", "beat=stubborn", "worker=stubbornparent")
    )
    children = [it.child(name) for name in ("web", "beat", "worker", "worker grandchild")]
    it.process.kill()
    assert wait_until_ended(children, within=SOON)


def test_what_a_killed_program_started_ends_with_it(
    folder: Path, supervise: list[Supervised]
) -> None:
    supervise.append(it := Supervised(folder, "worker=parent"))
    grandchild = it.child("worker grandchild")
    it.child("worker").signal(signal.SIGKILL)
    assert wait_until_ended([grandchild], within=SOON)


def test_a_listening_socket_is_handed_down_under_its_number(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    log = SupervisedLog(Console(file=StringIO()), tmp_path / "parley.log")
    tell = f"import os, time; os.write({writer}, b'handed down'); time.sleep(600)"
    program = Program("web", [sys.executable, "-c", tell], os.environ, inherits=(writer,))
    supervisor = Supervisor([[program]], log=log)
    told: list[bytes] = []

    def listen() -> None:
        told.append(os.read(reader, 100))
        supervisor.stop()

    Thread(target=listen).start()
    assert supervisor.run() == 0
    assert told == [b"handed down"]
    os.close(reader)
    os.close(writer)
    log.close()
