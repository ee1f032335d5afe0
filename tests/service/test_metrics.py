"""What several processes count is told as one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from service.cli.up import _stages
from service.metrics_folder import VARIABLE, emptied
from service.settings import Settings, Web

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
