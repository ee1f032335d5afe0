"""The embedded default: a private PostgreSQL and a private Redis-protocol server, one per folder.

They are the real servers, started by us and reachable by us alone. However the process that
started them ended, the next start on the same folder adopts what still runs and clears the rest.

    with embedded.start(data) as servers:
        engine = create_engine(sync_url(servers.database_url))
"""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pydantic import BaseModel, ConfigDict, ValidationError

from service.machine import data_folder
from service.machine.data_folder import DataFolderLock, write_private
from service.machine.private_postgres import PrivatePostgres
from service.machine.private_valkey import PrivateValkey
from service.machine.processes import Process

_ADDRESSES_NAME = "servers.json"


class Servers(BaseModel):
    """Where the two servers are reached; the URLs carry passwords."""

    model_config = ConfigDict(frozen=True)

    database_url: str
    redis_url: str


@dataclass
class EmbeddedServers:
    """The servers of one data folder, and the right to it, from ``start`` to ``stop``."""

    data: Path
    ephemeral: bool = False
    database_url: str | None = None
    redis_url: str | None = None

    def __post_init__(self) -> None:
        self._started = ExitStack()
        self._lock: DataFolderLock | None = None
        self._servers: list[PrivateValkey | PrivatePostgres] = []

    def start(self) -> Servers:
        """Take the folder, start what is not given by a URL, and say where it is.

        Raises:
            DataFolderHeld: another process holds the folder.
            DataFolderUnusable: it cannot be made or written, or belongs to another account.
            Unavailable: a server did not start; the sentence carries its last words.
        """
        data = data_folder.prepare(self.data)
        with ExitStack() as started:
            self._lock = DataFolderLock.take(data)
            started.callback(self._lock.release)
            servers = self._start_in(data, started)
            write_private(data / _ADDRESSES_NAME, servers.model_dump_json())
            started.callback((data / _ADDRESSES_NAME).unlink, missing_ok=True)
            self._started = started.pop_all()
        return servers

    def _start_in(self, data: Path, started: ExitStack) -> Servers:
        redis_url, database_url = self.redis_url, self.database_url
        private: list[tuple[Process | None, str]] = []
        if redis_url is None:
            valkey = PrivateValkey(data)
            started.callback(valkey.stop)
            redis_url = valkey.start()
            self._servers.append(valkey)
            private.append((valkey.process, "TERM"))
        if database_url is None:
            postgres = PrivatePostgres(data, ephemeral=self.ephemeral)
            started.callback(postgres.stop)
            database_url = postgres.start()
            self._servers.append(postgres)
            private.append((postgres.process, "QUIT"))
        if self.ephemeral:
            _watch_over(private, started)
        return Servers(database_url=database_url, redis_url=redis_url)

    def announce(self, address: str) -> None:
        """Tell whoever comes second where the holder of the folder is reached."""
        if self._lock is not None:
            self._lock.announce(address)

    def revive(self) -> list[str]:
        """Start again, at their addresses, the servers that have died; return their names."""
        return [type(each).__name__ for each in self._servers if each.revive()]

    def stop(self) -> None:
        """End the servers, also adopted ones, and leave the folder; harmless to repeat."""
        self._started.close()
        self._lock = None

    def __enter__(self) -> Servers:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _watch_over(servers: Sequence[tuple[Process | None, str]], started: ExitStack) -> None:
    """See that throw-away servers end with us even when we are killed."""
    words = [
        word
        for server, signal_name in servers
        if server is not None
        for word in (str(server.pid), str(server.began), signal_name)
    ]
    watcher = subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "service.machine.lifeline", *words],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    started.callback(_dismiss, watcher)


def _dismiss(watcher: subprocess.Popen[bytes]) -> None:
    # Killed, and not let go: it would end the servers before they could end in order.
    watcher.kill()
    watcher.communicate()


def start(
    data: Path,
    *,
    ephemeral: bool = False,
    database_url: str | None = None,
    redis_url: str | None = None,
) -> EmbeddedServers:
    """Return the servers of ``data``, started by ``with``.

    Args:
        data: the folder; made when missing. One process at a time holds it.
        ephemeral: for tests: fast, not durable, and ended when this process is killed.
        database_url: a PostgreSQL to use instead of a private one.
        redis_url: a Redis-protocol server to use instead of a private one.
    """
    return EmbeddedServers(data, ephemeral, database_url, redis_url)


def running(data: Path) -> Servers | None:
    """Return the servers that another process, ``parley up``, runs in this folder now."""
    folder = data.expanduser().absolute()
    if data_folder.holder(folder) is None:
        return None
    with suppress(OSError, ValidationError):
        return Servers.model_validate_json((folder / _ADDRESSES_NAME).read_bytes())
    return None
