"""The folder in which processes that are asked as one keep what they count.

Prometheus' client reads the variable when it is first imported; so this module imports none of it.
"""

import fcntl
import os
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_HELD: Final = "held"


def emptied(folder: Path) -> Path:
    """Return the folder with nothing in it: what ended processes have counted is forgotten."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def apart(parent: Path) -> Path:
    """Return a new folder in ``parent``, of this process and of what it becomes or starts.

    Those whose processes have all ended are removed; no other's is touched.
    """
    parent.mkdir(parents=True, exist_ok=True)
    # One at a time: what another has just made is not yet held by it.
    with (parent / _HELD).open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        for folder in parent.iterdir():
            if folder.is_dir() and not _is_held(folder):
                rmtree(folder, ignore_errors=True)
        made = Path(mkdtemp(dir=parent))
        held = os.open(made / _HELD, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
    # Never closed: it is let go of with the last process that has it.
    os.set_inheritable(held, True)  # noqa: FBT003 - its only argument
    return made


def _is_held(folder: Path) -> bool:
    try:
        with (folder / _HELD).open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
