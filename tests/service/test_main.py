"""The command line, run as people run it."""

import hashlib
import io
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from typing import IO, NamedTuple, Protocol

import httpx2
import psutil
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.__main__ import main
from service.database_url import sync_url
from service.machine import embedded
from service.registry.tables import Artifact, ModelVersion, State

COMMANDS = (
    "up",
    "demo",
    "web",
    "worker",
    "beat",
    "migrate",
    "settings",
    "site",
    "coral",
    "webhook",
    "moderator",
    "model",
)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="parley test "))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def servers(data: Path) -> Iterator[embedded.Servers]:
    with embedded.start(data, ephemeral=True) as servers:
        yield servers


def environment(data: Path, **variables: str) -> Mapping[str, str]:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("PARLEY_")}
    return {**inherited, "PARLEY_DATA": str(data), "COLUMNS": "200", **variables}


class Said(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class Parley(Protocol):
    def __call__(self, *words: str, **variables: str) -> Said: ...


@pytest.fixture
def parley(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Parley]:
    """Return what runs the command line in this process, on the module's data folder."""
    handlers = logging.getLogger().handlers

    def run(*words: str, **variables: str) -> Said:
        with monkeypatch.context() as patched:
            for name in [name for name in os.environ if name.startswith("PARLEY_")]:
                patched.delenv(name)
            for name, text in environment(data, **variables).items():
                patched.setenv(name, text)
            patched.setattr(sys, "argv", ["parley", *words])
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
            written = capsys.readouterr()
        return Said(int(ended.value.code or 0), written.out, written.err)

    yield run
    logging.getLogger().handlers = handlers


def test_help_names_every_command_with_a_sentence(parley: Parley) -> None:
    shown = parley("--help").stdout
    for command in COMMANDS:
        assert re.search(rf"│ {command} +\w+", shown), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(parley: Parley, command: str) -> None:
    explained = parley(command, "--help")
    assert explained.returncode == 0
    assert "Usage:" in explained.stdout


def test_a_site_a_key_and_a_moderator_are_added_while_the_servers_run(
    parley: Parley, servers: embedded.Servers
) -> None:
    assert servers
    added = parley("site", "add", "daily", "--name", "Daily", "--url", "https://daily.example")
    assert added.returncode == 0, added.stderr
    key = parley("site", "key", "daily").stdout
    assert re.fullmatch(r"parley_[0-9a-f]{8}_[\w-]{43}\n", key)
    listed = parley("site", "keys", "daily").stdout
    assert key[:15] in listed
    assert key.strip() not in listed
    password = parley("moderator", "add", "a@daily.example", "--site", "daily").stdout
    assert len(password.strip()) >= 12
    assert "daily (moderator)" in parley("moderator", "list").stdout


def test_a_revoked_key_is_shown_as_revoked(parley: Parley, servers: embedded.Servers) -> None:
    assert servers
    parley("site", "add", "weekly", "--name", "Weekly", "--url", "https://weekly.example")
    key = parley("site", "key", "weekly").stdout.strip()
    assert parley("site", "revoke", "weekly", key[:15]).returncode == 0
    listed = parley("site", "keys", "weekly").stdout
    assert re.search(rf"{key[:15]}.* \d{{4}}-\d\d-\d\d +\d{{4}}-\d\d-\d\d", listed)


def test_a_corals_secret_is_added_listed_by_its_end_and_removed(
    parley: Parley, servers: embedded.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert servers
    parley("site", "add", "coral", "--name", "Coral", "--url", "https://coral.example")
    secret = "empsec_" + "0a" * 32
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{secret}\n"))
    added = parley("coral", "add", "coral")
    assert added.returncode == 0, added.stderr
    assert "/coral/coral" in added.stderr
    listed = parley("coral", "list", "coral").stdout
    assert secret[-6:] in listed
    assert secret not in listed + added.stdout + added.stderr
    assert "Removed" in parley("coral", "remove", "coral", secret[-6:]).stderr


def test_a_webhook_is_added_its_secret_changed_and_its_end_told(
    parley: Parley, servers: embedded.Servers
) -> None:
    assert servers
    parley("site", "add", "hooks", "--name", "Hooks", "--url", "https://hooks.example")
    first = parley("webhook", "add", "hooks", "https://hooks.example/parley").stdout.strip()
    listed = parley("webhook", "list", "hooks").stdout
    found = re.search(r"[0-9a-f-]{36}", listed)
    assert found
    second = parley("webhook", "rotate", "hooks", found[0]).stdout.strip()
    assert first != second
    assert {first[:6], second[:6]} == {"whsec_"}
    since = ("--since", "2026-11-25T12:00:00")
    assert "0 are sent" in parley("webhook", "redeliver", "hooks", found[0], *since).stderr
    assert "Disabled." in parley("webhook", "disable", "hooks", found[0]).stderr
    assert parley("webhook", "rotate", "hooks", found[0]).returncode == 2


def test_a_key_for_host_names_is_a_part_of_one(parley: Parley, servers: embedded.Servers) -> None:
    assert servers
    parley("site", "add", "labels", "--name", "Labels", "--url", "https://labels.example")
    key = parley("site", "key", "labels", "--host-name").stdout.strip()
    assert re.fullmatch(r"[a-z0-9-]{1,63}", key)
    assert parley("site", "revoke", "labels", key[:15]).returncode == 0


def test_a_moderator_who_left_is_listed_as_gone(parley: Parley, servers: embedded.Servers) -> None:
    assert servers
    parley("site", "add", "monthly", "--name", "Monthly", "--url", "https://monthly.example")
    parley("moderator", "add", "B@monthly.example", "--site", "monthly", "--role", "lead")
    assert parley("moderator", "remove", "b@Monthly.example").returncode == 0
    listed = parley("moderator", "list").stdout
    assert re.search(r"b@monthly\.example +B +\d{4}-\d\d-\d\d", listed)


def test_a_model_version_is_promoted_and_rolled_back(
    parley: Parley, servers: embedded.Servers
) -> None:
    contents = [b"a", b"b"]
    versions = [f"sha256:{hashlib.sha256(content).hexdigest()}" for content in contents]
    assert "none yet" in parley("model", "list").stderr
    engine = create_engine(sync_url(servers.database_url))
    with Session(engine) as session, session.begin():
        for digest, content in zip(versions, contents, strict=True):
            session.add(Artifact(digest=digest, content=content, created_at=datetime.now(UTC)))
        session.flush()
        for digest in versions:
            session.add(
                ModelVersion(
                    digest=digest,
                    name=digest[-1],
                    state=State.CANDIDATE,
                    info={},
                    created_at=datetime.now(UTC),
                )
            )
    engine.dispose()
    for number, states in (
        ("1", "candidate champion"),
        ("2", "champion retired"),
        ("1", "retired champion"),
    ):
        assert parley("model", "promote", number).returncode == 0
        newest_first = parley("model", "list").stdout
        assert re.findall("champion|candidate|retired", newest_first) == states.split()


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        (["site", "key", "nowhere"], {}, "There is no site 'nowhere'"),
        (["model", "promote", "99"], {}, "There is no model version 99"),
        (["site", "add", "No!", "--name", "N", "--url", "https://n.example"], {}, "slug must be"),
        (["up"], {"PARLEY_WEB__PORT": "99999"}, "PARLEY_WEB__PORT: Input should be less than"),
        (["up"], {"PARLEY_ENVIRONMENT": "production"}, "PARLEY_SECRET must be set"),
        (["migrate"], {"PARLEY_DATABASE_URL": "mysql://x/y"}, "only PostgreSQL is supported"),
        (
            ["migrate"],
            {"PARLEY_DATABASE_URL": "postgresql://parley:hidden@127.0.0.1:1/parley"},
            "The database does not answer",
        ),
        (["web"], {"PARLEY_DATA": "/nonexistent/parley"}, "PARLEY_DATABASE_URL is not set"),
        (["site", "list"], {"PARLEY_DATA": "/dev/null/parley"}, "Name another one in PARLEY_DATA"),
    ],
)
def test_an_expected_error_is_a_sentence_and_exit_code_2(
    parley: Parley,
    servers: embedded.Servers,
    words: list[str],
    variables: dict[str, str],
    sentence: str,
) -> None:
    assert servers
    refused = parley(*words, **variables)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "hidden" not in refused.stderr


def test_a_taken_port_is_a_sentence(parley: Parley, servers: embedded.Servers) -> None:
    assert servers
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = parley("web", PARLEY_WEB__PORT=port)
    assert refused.returncode == 2
    assert f"Port {port} is taken by another program" in refused.stderr


def test_an_address_that_is_not_ours_is_a_sentence(parley: Parley) -> None:
    folder = Path(tempfile.mkdtemp(prefix="parley test "))
    refused = parley("up", PARLEY_DATA=str(folder), PARLEY_WEB__HOST="no.such.host.invalid")
    assert refused.returncode == 2
    assert "'no.such.host.invalid' is not known" in refused.stderr
    assert processes_of(folder) == []
    shutil.rmtree(folder)


def test_up_beside_another_holder_says_who_it_is_even_where_the_port_is_taken_too(
    parley: Parley, servers: embedded.Servers
) -> None:
    assert servers
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = parley("up", PARLEY_WEB__PORT=str(taken.getsockname()[1]))
    assert refused.returncode == 2
    assert f"in use by process {os.getpid()}, since" in refused.stderr


def test_migrating_twice_is_harmless(
    parley: Parley, tmp_path: Path, servers: embedded.Servers
) -> None:
    urls = {
        "PARLEY_DATABASE_URL": servers.database_url,
        "PARLEY_REDIS_URL": servers.redis_url,
    }
    assert parley("migrate", PARLEY_DATA=str(tmp_path), **urls).returncode == 0
    again = parley("migrate", PARLEY_DATA=str(tmp_path), **urls)
    assert again.returncode == 0
    assert "up to date" in again.stderr


def test_a_database_of_yours_at_another_version_is_not_migrated_in_passing(
    parley: Parley, tmp_path: Path, servers: embedded.Servers
) -> None:
    refused = parley(
        *("site", "list"),
        PARLEY_DATA=str(tmp_path),
        PARLEY_DATABASE_URL=servers.database_url.replace("/parley?", "/template1?"),
        PARLEY_REDIS_URL=servers.redis_url,
    )
    assert refused.returncode == 2
    assert "run `parley migrate` first" in refused.stderr


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of all that runs in this data folder, or for it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words, variables = process.cmdline(), process.environ()
            if variables.get("PARLEY_DATA") == str(folder) or str(folder) in " ".join(words):
                found.append(" ".join(words))
    return found


@pytest.fixture
def up() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Return `parley up` in a process of its own, which ends with this one, and its data folder."""
    folder = Path(tempfile.mkdtemp(prefix="parley test "))
    process = subprocess.Popen(
        (sys.executable, "-m", "service", "up"),
        env=environment(folder, PARLEY_WEB__PORT="0", PARLEY_LIFELINE="stdin"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = Timer(300, process.terminate)
    too_long.start()
    yield process, folder
    too_long.cancel()
    process.terminate()
    process.communicate()
    shutil.rmtree(folder)


def test_up_runs_everything_and_a_signal_ends_all_of_it(
    up: tuple[subprocess.Popen[str], Path],
) -> None:
    process, folder = up
    assert process.stdout is not None
    written = "".join(_until(process.stdout, "Ctrl-C ends everything"))
    assert "Review page" in written, written
    address = re.findall(r"http://127\.0\.0\.1:\d+", written)[0]
    assert httpx2.get(f"{address}/readyz", timeout=60, trust_env=False).status_code == 200
    assert len(processes_of(folder)) >= 6
    process.send_signal(signal.SIGINT)
    written += process.stdout.read()
    assert process.wait(90) == 0, written
    assert embedded.running(folder) is None
    assert processes_of(folder) == []


def _until(lines: IO[str], sentence: str) -> Iterator[str]:
    for line in lines:
        yield line
        if sentence in line:
            return
