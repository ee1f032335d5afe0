"""The build server does not pass what it has not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = (
    '<testsuites><testsuite><testcase classname="c" name="n">{}</testcase></testsuite></testsuites>'
)


def judged(tmp_path: Path, inside: str, **variables: str) -> subprocess.CompletedProcess[str]:
    report = tmp_path / "tests.xml"
    report.write_text(REPORT.format(inside))
    environment = {name: text for name, text in os.environ.items() if name != "PARLEY_CORPORA"}
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, ROOT / ".ci" / "no_test_skipped.py", report],
        env={**environment, **variables},
        check=False,
        capture_output=True,
        text=True,
    )


def test_tests_that_ran_pass(tmp_path: Path) -> None:
    assert judged(tmp_path, "").returncode == 0


@pytest.mark.parametrize("reason", ["no Chromium or Chrome on this machine", "whatever"])
def test_a_skipped_test_fails_and_is_named(tmp_path: Path, reason: str) -> None:
    found = judged(tmp_path, f'<skipped type="pytest.skip" message="{reason}"/>')
    assert found.returncode == 1
    assert f"Skipped: c.n: {reason}" in found.stdout


def test_missing_corpora_excuse_only_where_there_are_none(tmp_path: Path) -> None:
    skipped = '<skipped type="pytest.skip" message="PARLEY_CORPORA does not name a folder"/>'
    assert judged(tmp_path, skipped).returncode == 0
    assert judged(tmp_path, skipped, PARLEY_CORPORA=str(tmp_path)).returncode == 1


def test_the_run_asks_for_a_browser_and_judges_the_report() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if not line.startswith("#")]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "set -eu" in commands
    order = [
        next(at for at, line in enumerate(commands) if word in line)
        for word in ("make browser", "make check", "no_test_skipped.py")
    ]
    assert order == sorted(order)
