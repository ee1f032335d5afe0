"""The folder in which processes that are asked as one keep what they count.

Prometheus' client reads the variable when it is first imported; so this module imports none of it.
"""

from pathlib import Path
from shutil import rmtree
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


def emptied(folder: Path) -> Path:
    """Return the folder with nothing in it: what ended processes have counted is forgotten."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
