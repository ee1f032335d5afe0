"""The account that a private server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import structlog

from service.errors import Unavailable

_log = structlog.get_logger(__name__)

_OURS = "parley"
_LAST_RESORT = "nobody"
_USUAL = ("postgres", _OURS)


class NoSystemAccount(Unavailable):
    code = "no_system_account"


class ProgramNotRunnable(Unavailable):
    code = "program_not_runnable"


@dataclass(frozen=True, slots=True)
class SystemAccount:
    """Whom a server runs as, with no groups beside its own."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_servers(cls, existing: Path) -> Self:
        """Return whom servers run as: ourselves, or as root somebody who may do less.

        Args:
            existing: what an earlier start left behind; it keeps its owner.

        Raises:
            NoSystemAccount: this process's account has no name, and PostgreSQL asks for one.
        """
        if os.geteuid() != 0:
            return cls._numbered(os.geteuid())
        if existing.exists() and existing.stat().st_uid != 0:
            return cls._numbered(existing.stat().st_uid)
        known = {entry.pw_name for entry in pwd.getpwall()}
        for name in _USUAL:
            if name in known:
                return cls._named(name)
        return cls._named(_OURS if _created(_OURS) else _LAST_RESORT)

    @classmethod
    def _named(cls, name: str) -> Self:
        entry = pwd.getpwnam(name)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def _numbered(cls, uid: int) -> Self:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError as error:
            raise NoSystemAccount(
                f"The account number {uid} has no entry in /etc/passwd, which PostgreSQL needs: "
                "add one, or set PARLEY_DATABASE_URL and PARLEY_REDIS_URL."
            ) from error
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def own(self, *paths: Path) -> None:
        if not self.is_us:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def let_into(self, folder: Path) -> None:
        """See that the account can pass through a folder of ours, never list or read it."""
        self._open(folder)

    def let_through_to(self, path: Path) -> None:
        """See that the account can reach ``path``: leave to pass its parents, and nothing more.

        Only root, who starts servers as another account, ever needs this; it is logged.
        """
        for parent in reversed(path.parents):
            if self._open(parent):
                _log.warning("folder_opened_for_passage", folder=str(parent), account=self.name)

    def _open(self, folder: Path) -> bool:
        if self.is_us:
            return False
        found = folder.stat()
        missing = self._traverse_bit(found) & ~found.st_mode
        if missing:
            folder.chmod(stat.S_IMODE(found.st_mode) | missing)
        return bool(missing)

    def spawn(
        self, command: Sequence[str], *, log: IO[bytes], settings: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a server as this account, apart from our terminal and our environment.

        Args:
            command: the program and its arguments.
            log: what takes its output.
            settings: whether it reads its settings from standard input, a pipe then.

        Raises:
            ProgramNotRunnable: the account may not read or run the program.
        """
        try:
            return self._popen(command, log=log, settings=settings)
        except OSError as error:
            raise ProgramNotRunnable(
                f"The account {self.name} cannot run {command[0]}: {error.strerror}. Make the "
                f"packages readable: chmod -R a+rX {Path(command[0]).parents[2]}"
            ) from error

    def _popen(
        self, command: Sequence[str], *, log: IO[bytes], settings: bool
    ) -> subprocess.Popen[bytes]:
        other = None if self.is_us else self
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            command,
            stdin=subprocess.PIPE if settings else subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
            umask=0o077,
            # A session of its own: Ctrl-C in the terminal is ours to pass on, in our order.
            start_new_session=True,
            user=None if other is None else other.uid,
            group=None if other is None else other.gid,
            extra_groups=None if other is None else [],
        )

    def _traverse_bit(self, found: os.stat_result) -> int:
        if found.st_uid == self.uid:
            return stat.S_IXUSR
        return stat.S_IXGRP if found.st_gid == self.gid else stat.S_IXOTH


def _created(name: str) -> bool:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return False
    made = subprocess.run(  # noqa: S603 - a fixed program and a fixed name
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        check=False,
        capture_output=True,
    )
    if made.returncode == 0:
        _log.info("system_account_created", account=name)
    return made.returncode == 0
