"""The data folder: one holder at a time, who says who it is; small secret files."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from service.errors import Conflict, Unavailable

_LOCK_NAME = "held-by.json"
_SECRET_NAME = "secret"  # noqa: S105 - a file's name
# A command that only asks who holds the folder takes the lock for an instant.
_PATIENCE = timedelta(milliseconds=500)


class DataFolderHeld(Conflict):
    code = "data_folder_held"


class DataFolderUnusable(Unavailable):
    code = "data_folder_unusable"


class Holder(BaseModel):
    """Who holds a data folder: written by the holder, read by whoever comes second."""

    model_config = ConfigDict(frozen=True)

    pid: int
    since: datetime
    address: str | None = None

    def __str__(self) -> str:
        where = f", at {self.address}" if self.address else ""
        return f"process {self.pid}, since {self.since:%Y-%m-%d %H:%M:%S %Z}{where}"


class DataFolderLock:
    """Held from ``take`` to ``release``; ends with its process, however that ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._holder = Holder(pid=os.getpid(), since=datetime.now(UTC))
        self._write()

    @classmethod
    def take(cls, data: Path) -> Self:
        """Hold the folder.

        Raises:
            DataFolderHeld: another process does; the sentence says which, since when and where.
        """
        path = data / _LOCK_NAME
        with _explained(data):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _locked(descriptor, patience=_PATIENCE):
            os.close(descriptor)
            raise DataFolderHeld(f"The data folder {data} is in use by {_read_holder(path)}.")
        return cls(path, descriptor)

    def announce(self, address: str) -> None:
        """Say where the holder is reached."""
        self._holder = self._holder.model_copy(update={"address": address})
        self._write()

    def release(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def _write(self) -> None:
        # In place: a file moved over the locked one would not be the locked one.
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, self._holder.model_dump_json().encode(), 0)


def _locked(descriptor: int, *, patience: timedelta) -> bool:
    deadline = time.monotonic() + patience.total_seconds()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def _read_holder(path: Path) -> Holder | str:
    try:
        return Holder.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return "another process that has not said which it is"


def holder(data: Path) -> Holder | None:
    """Return who holds the folder now, if anybody does."""
    path = data / _LOCK_NAME
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        # Not there, or not ours to read: who wants to use it will hear which.
        return None
    try:
        if _locked(descriptor, patience=timedelta(0)):
            return None
        found = _read_holder(path)
    finally:
        os.close(descriptor)
    return found if isinstance(found, Holder) else None


def prepare(data: Path) -> Path:
    """Make the folder if it is missing, private to its owner, and return its absolute path.

    Raises:
        DataFolderUnusable: it cannot be made or written, or belongs to another account.
    """
    folder = data.expanduser().absolute()
    with _explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise DataFolderUnusable(
            f"The data folder {folder} belongs to the account with the number {owner}, and this is "
            f"the one with the number {os.geteuid()}: run as its owner, or name another folder in "
            "PARLEY_DATA."
        )
    return folder.resolve()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataFolderUnusable(
            f"The data folder {folder} cannot be used: {error.strerror}. Name another one in "
            "PARLEY_DATA."
        ) from error


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    half_made = path.with_name(f"{path.name}.new")
    half_made.unlink(missing_ok=True)
    descriptor = os.open(half_made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half_made.replace(path)


def secret(data: Path) -> str:
    """Return the folder's secret, made at random the first time."""
    path = data / _SECRET_NAME
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text().strip()
