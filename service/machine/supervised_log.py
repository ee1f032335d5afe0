"""One readable log of several processes: a coloured name before each line, and a file of it."""

import logging
import os
import threading
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

_COLOURS: Final = {"web": "cyan", "worker": "green", "beat": "magenta", "parley": "yellow"}
_NAME_WIDTH: Final = 7
_FILE_MAX_BYTES: Final = 10_000_000
_FILES_KEPT: Final = 3


class SupervisedLog:
    """Written to by a thread per process; lines never mix."""

    def __init__(self, console: Console, path: Path) -> None:
        self._console = console
        self._lock = threading.Lock()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        self._file = RotatingFileHandler(
            path, maxBytes=_FILE_MAX_BYTES, backupCount=_FILES_KEPT, encoding="utf-8"
        )
        self._file.setFormatter(logging.Formatter("%(asctime)s %(name)-7s %(message)s"))

    def write(self, name: str, line: str) -> None:
        kind = name.partition("-")[0]
        label = (f"{name:<{_NAME_WIDTH}}│ ", _COLOURS.get(kind, "blue"))
        record = logging.makeLogRecord({"name": name, "msg": line, "levelno": logging.INFO})
        with self._lock:
            self._file.handle(record)
            # A terminal that has been closed must not end what it was watching.
            with suppress(OSError, ValueError):
                self._console.print(Text.assemble(label, Text.from_ansi(line)), soft_wrap=True)

    def close(self) -> None:
        self._file.close()
