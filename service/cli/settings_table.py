"""`parley settings`: every environment variable, as a page of documentation."""

from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

import typer
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from service.settings import DEVELOPMENT_SECRET, Settings

_KINDS: Final = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "path",
    SecretStr: "text, secret",
    timedelta: "duration",
}
_INTRODUCTION: Final = """\
# Settings

Parley reads these environment variables once, when it starts; none is needed for `parley up`. One
that is wrong is refused with a sentence. Durations are written as ISO 8601 (`PT10S`, `PT2M`,
`PT12H`) or as `HH:MM:SS`. This page is written by `make settings`.
"""


def settings() -> None:
    """Print every setting: its name, kind, default and meaning."""
    typer.echo(page(), nl=False)


def page() -> str:
    """Return the page, in Markdown."""
    tables = [_INTRODUCTION]
    own = {name: field for name, field in Settings.model_fields.items() if not _group(field)}
    tables.append(_table("Everything", "PARLEY_", own))
    for name, field in Settings.model_fields.items():
        if group := _group(field):
            title = (field.description or name).rstrip(".")
            tables.append(_table(title, f"PARLEY_{name.upper()}__", group.model_fields))
    return "\n".join(tables)


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _table(title: str, prefix: str, fields: dict[str, FieldInfo]) -> str:
    rows = "".join(
        f"| `{prefix}{name.upper()}` | {_kind(field)} | {_default(field)} | {field.description} |\n"
        for name, field in fields.items()
    )
    return f"## {title}\n\n| variable | kind | default | meaning |\n|---|---|---|---|\n{rows}"


def _kind(field: FieldInfo) -> str:
    (kind,) = _alternatives(field.annotation)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(f"`{choice.value}`" for choice in kind)
    bounds = ", ".join(_bounds(field))
    return f"{_KINDS[kind]}, {bounds}" if bounds else _KINDS[kind]


def _alternatives(annotation: Any) -> list[Any]:  # noqa: ANN401 - annotations have no type
    if get_origin(annotation) in {Union, UnionType}:
        return [kind for kind in get_args(annotation) if kind is not type(None)]
    return [annotation]


def _bounds(field: FieldInfo) -> Iterator[str]:
    words = {"ge": "at least", "gt": "over", "le": "at most", "lt": "under"}
    for limit in field.metadata:
        for name, word in words.items():
            if (bound := getattr(limit, name, None)) is not None:
                yield f"{word} {_shown(bound)}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    default = field.default
    if isinstance(default, SecretStr):
        # Only for development, and replaced there by a generated one: not worth showing.
        return "generated" if default.get_secret_value() == DEVELOPMENT_SECRET else "none"
    return "none" if default is None else f"`{_shown(default)}`"


def _shown(value: object) -> str:
    if isinstance(value, timedelta):
        return _duration(value.total_seconds())
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value if isinstance(value, Enum) else value)


def _duration(seconds: float) -> str:
    for unit, size in (("H", 3600), ("M", 60)):
        if seconds and seconds % size == 0:
            return f"PT{seconds / size:g}{unit}"
    return f"PT{seconds:g}S"
