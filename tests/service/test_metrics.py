"""What several processes count is told as one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.cli.listening import PortTaken
from service.cli.roles import count_together
from service.cli.up import _stages
from service.metrics_folder import VARIABLE, apart, emptied
from service.settings import Settings, Web
from tests.running import free_port
from worker import app as worker

_COUNT = """
from service.metrics import REQUESTS, SECONDS
REQUESTS.labels("GET", "/here", 200).inc()
SECONDS.labels("/here").observe(0.02)
"""
_TELL = """
from prometheus_client import generate_latest
from service.metrics import counted
print(generate_latest(counted()).decode())
"""


def run(program: str, folder: Path) -> list[str]:
    environment = {**os.environ, VARIABLE: str(folder)}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


def test_processes_that_share_a_folder_tell_what_all_have_counted(tmp_path: Path) -> None:
    folder = emptied(tmp_path / "metrics")
    for _ in range(2):
        run(_COUNT, folder)
    told = run(_TELL, folder)
    assert 'parley_http_requests_total{method="GET",route="/here",status="200"} 2.0' in told
    assert 'parley_http_request_seconds_bucket{le="0.025",route="/here"} 2.0' in told


def test_what_an_earlier_run_counted_is_forgotten(tmp_path: Path) -> None:
    run(_COUNT, emptied(tmp_path / "metrics"))
    assert not any("/here" in line for line in run(_TELL, emptied(tmp_path / "metrics")))


def test_all_that_runs_on_one_machine_counts_in_one_folder_that_begins_empty(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"data": tmp_path, "web": Web(processes=2)})
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            stages = _stages(settings, listening)
        folders = {each.environment[VARIABLE] for stage in stages for each in stage}
        (folder,) = map(Path, folders)
        assert list(folder.iterdir()) == []
        (folder / "counter_1.db").write_bytes(b"of a run before")


def worker_beginning(settings: Settings, port: int) -> Settings:
    told = settings.worker.model_copy(update={"metrics_port": port})
    return settings.model_copy(update={"worker": told})


def test_a_worker_that_begins_takes_nothing_of_one_that_runs(tmp_path: Path) -> None:
    first = apart(tmp_path)
    run(_COUNT, first)
    second = apart(tmp_path)
    assert second != first
    assert any("/here" in line for line in run(_TELL, first))


def test_what_ended_workers_have_counted_is_removed(tmp_path: Path) -> None:
    beginning = "import sys; from pathlib import Path; from service.metrics_folder import apart\n"
    run(f"{beginning}apart(Path({str(tmp_path)!r})).joinpath('counted').touch()", tmp_path)
    [ended] = (each for each in tmp_path.iterdir() if each.is_dir())
    assert [each for each in tmp_path.iterdir() if each.is_dir()] == [ended]
    mine = apart(tmp_path)
    assert [each for each in tmp_path.iterdir() if each.is_dir()] == [mine]


def test_a_worker_whose_port_for_metrics_is_taken_does_not_begin(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    begun: list[object] = []
    monkeypatch.setattr(os, "execv", lambda *words: begun.append(words))
    with socket.create_server((settings.web.host, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match="PARLEY_WORKER__METRICS_PORT"):
            count_together(worker_beginning(settings, port))
    assert begun == []
    assert VARIABLE not in os.environ


def test_a_port_that_is_taken_meanwhile_stops_no_work_and_is_logged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server((settings.web.host, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(worker, "settings", lambda: worker_beginning(settings, port))
        with capture_logs() as logged:
            worker.tell_prometheus()
    assert [(each["event"], each["port"]) for each in logged] == [("metrics_not_told", port)]


def test_of_up_only_the_web_process_tells(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_WORKER__METRICS_PORT", str(free_port()))
    with socket.create_server((settings.web.host, 0)) as listening:
        stages = _stages(settings, listening)
    for program in (each for stage in stages for each in stage):
        assert "PARLEY_WORKER__METRICS_PORT" not in program.environment
        assert VARIABLE in program.environment
