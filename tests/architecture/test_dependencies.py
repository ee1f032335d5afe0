"""What the code imports is declared, and what is declared is pinned with its digest."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"service", "ml", "worker", "migrations", "tests"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Parts of a declared dependency, in its own words: they come and change with it.
PARTS = {"kombu": "celery", "starlette": "fastapi"}
EXTRAS = {
    requirement
    for extra, requirements in PROJECT["optional-dependencies"].items()
    if extra != "dev"
    for requirement in requirements
}


def canonical(requirement: str) -> str:
    name = re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: str) -> Iterator[tuple[str, str]]:
    """Yield each foreign package that the code imports, with a file that does."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                top = PARTS.get(top, top)
                if top not in OURS | sys.stdlib_module_names:
                    yield top, str(path.relative_to(ROOT))


@pytest.mark.parametrize("folder", ["service", "worker", "ml", "migrations"])
def test_every_import_is_a_declared_dependency(folder: str) -> None:
    declared = {canonical(each) for each in PROJECT["dependencies"]}
    if folder == "ml":
        declared |= {canonical(each) for each in EXTRAS}
    providers = packages_distributions()
    missing = {
        package: where
        for package, where in imported(folder)
        if not {canonical(each) for each in providers.get(package, [package])} & declared
    }
    assert missing == {}


@pytest.mark.parametrize(
    ("file", "requirements"),
    [
        ("runtime.txt", PROJECT["dependencies"]),
        ("dev.txt", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]),
        ("build.txt", ["hatchling"]),
    ],
)
def test_every_dependency_is_pinned_with_its_digests(file: str, requirements: list[str]) -> None:
    pinned = re.findall(
        r"^([\w.-]+)==\S+(?: ;[^\n]*?)? \\\n +--hash=sha256:[0-9a-f]{64}",
        (ROOT / "requirements" / file).read_text(),
        re.MULTILINE,
    )
    assert {canonical(each) for each in requirements} <= {canonical(each) for each in pinned}


def test_asynchronous_sqlalchemy_has_what_it_runs_on() -> None:
    # An extra of SQLAlchemy, without which its asyncio half does not even import.
    runtime = (ROOT / "requirements" / "runtime.txt").read_text()
    assert re.search(r"^greenlet==", runtime, re.MULTILINE)
