"""Each program loads the tables that what it stores refers to, and does not count on luck."""

import subprocess
import sys

import pytest

# A program's imports are its own: in this process others have loaded everything.
_UNRESOLVED = """
import importlib, sys
importlib.import_module(sys.argv[1])
from service.db import Base
for table in Base.metadata.tables.values():
    for key in table.foreign_keys:
        key.column
"""


@pytest.mark.parametrize(
    "program", ["service.app", "service.__main__", "worker.app", "worker.retraining"]
)
def test_a_program_knows_every_table_that_its_tables_refer_to(program: str) -> None:
    found = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", _UNRESOLVED, program], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
