"""The containers agree with the settings and with the command line."""

import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic import BaseModel

from service.__main__ import app
from service.settings import Settings

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "web", "worker", "beat")


def setting_names(model: type[BaseModel], prefix: str = "PARLEY_") -> set[str]:
    names = set()
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= setting_names(kind, f"{prefix}{name.upper()}__")
        else:
            names.add(f"{prefix}{name.upper()}")
    return names


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    parsed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services: dict[str, Any] = parsed["services"]
    return services


def test_everything_that_runs_is_there(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "redis", *OURS}


def test_every_variable_is_a_setting(services: dict[str, Any]) -> None:
    known = setting_names(Settings)
    for name in OURS:
        assert set(services[name]["environment"]) <= known
    shown = set(re.findall(r"\bPARLEY_\w+", (ROOT / "docker-compose.yml").read_text()))
    assert shown <= known


def test_what_is_safe_outside_development_is_asked_for(services: dict[str, Any]) -> None:
    for name in OURS:
        environment = services[name]["environment"]
        assert environment["PARLEY_ENVIRONMENT"] == "production"
        assert environment["PARLEY_SECRET"].startswith("${PARLEY_SECRET:?")


def test_every_command_is_one_of_ours(services: dict[str, Any]) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group
    for name in OURS:
        program, command = services[name]["command"]
        assert program == "parley"
        assert command == name
        assert command in commands


def test_nobody_starts_before_what_it_needs(services: dict[str, Any]) -> None:
    for name in OURS:
        for needed, how in services[name]["depends_on"].items():
            assert needed in services
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed]
    assert "migrate" not in services["migrate"]["depends_on"]


def test_the_image_runs_as_nobody_in_particular_and_copies_what_there_is() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER parley"]
    copied = [line.split()[1:-1] for line in lines if re.match(r"COPY (?!--from)", line)]
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for source in (source for sources in copied for source in sources):
        assert (ROOT / source).exists()
        parts = Path(source).parts
        above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        assert any(f"!{each}" in allowed or f"!{each}/*.txt" in allowed for each in above)


def test_the_image_installs_only_what_is_pinned() -> None:
    words = (ROOT / "Dockerfile").read_text().split()
    for at, word in enumerate(words):
        if word == "install":
            options = list(takewhile(lambda each: each not in {"RUN", "&&", "FROM"}, words[at:]))
            assert "--require-hashes" in options or "--no-deps" in options
