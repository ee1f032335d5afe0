"""What several processes count is told as one."""

import os
import subprocess
import sys
from pathlib import Path

from service.metrics_folder import VARIABLE, emptied

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
