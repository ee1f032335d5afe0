"""The fields of a form, drawn from the shape of a policy, so that no part can be forgotten.

Pure. What a field is called and what it is for comes from the document's own description.
"""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from ml.labels import Language
from service.policy.document import PolicyDocument
from service.policy.sections import Section
from service.policy.text_rules import LANGUAGE_NAMES

Kind = Literal["number", "switch", "choice", "choices", "lines"]

# Drawn by hand: a table each, and words as a spreadsheet has them.
_BY_HAND = frozenset({"thresholds", "operating_points", "words"})


@dataclass(frozen=True, slots=True)
class Input:
    """One field: ``name`` is its place in the document, parts joined by dots.

    ``default`` is what stands in it when the rule is switched on.
    """

    name: str
    kind: Kind
    label: str
    hint: str
    choices: tuple[tuple[str, str], ...] = ()
    default: Any = None
    may_be_empty: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; one with a switch is a rule that may be off."""

    name: str
    label: str
    hint: str
    inputs: "tuple[Input | Group, ...]"
    has_switch: bool = False

    @property
    def switch(self) -> str:
        """The name of the field that says whether the rule is on."""
        return f"{self.name}.on"

    def every_input(self) -> Iterator[Input]:
        for each in self.inputs:
            if isinstance(each, Input):
                yield each
            else:
                yield from each.every_input()


@cache
def general() -> Group:
    """Return the fields that every policy has."""
    wanted = {"mode", "degradation", "trusted_from"}
    found = [
        _input(name, info) for name, info in PolicyDocument.model_fields.items() if name in wanted
    ]
    return Group("general", "In general", "", tuple(found))


@cache
def rules() -> tuple[Group, ...]:
    """Return a group for each rule beside thresholds and words."""
    found = [
        _group(name, info, has_switch=_may_be_none(info.annotation))
        for name, info in PolicyDocument.model_fields.items()
        if name not in _BY_HAND and _section(info.annotation) is not None
    ]
    return tuple(sorted(found, key=lambda group: not group.has_switch))


def _group(name: str, info: FieldInfo, *, has_switch: bool) -> Group:
    section = _section(info.annotation)
    assert section is not None  # noqa: S101 - asked before
    inputs: list[Input | Group] = []
    for inner, about in section.model_fields.items():
        full = f"{name}.{inner}"
        nested = _section(about.annotation)
        inputs.append(
            _input(full, about) if nested is None else _group(full, about, has_switch=False)
        )
    hint = info.description or (section.__doc__ or "").partition("\n")[0]
    return Group(name, _called(name), hint, tuple(inputs), has_switch)


def _input(name: str, info: FieldInfo) -> Input:
    plain = _without_none(info.annotation)
    kind, choices = _kind(plain)
    hint = info.description or ""
    if choices and all(f"`{code}`" in hint for code, _ in choices):
        hint = ""  # The menu says the same, in the reader's language.
    return Input(
        name=name,
        kind=kind,
        label=_called(name),
        hint=hint.replace("`", "").replace("null:", "empty:"),
        choices=choices,
        default=None if info.is_required() else info.get_default(),
        may_be_empty=_may_be_none(info.annotation),
        is_whole=plain is int,
    )


def _kind(plain: Any) -> tuple[Kind, tuple[tuple[str, str], ...]]:  # noqa: ANN401 - an annotation
    if plain is bool:
        return "switch", ()
    if plain in (int, float):
        return "number", ()
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return "choice", _choices(plain)
    (each, *_) = get_args(plain)  # a tuple of something
    each = _without_none(each)
    if isinstance(each, type) and issubclass(each, StrEnum):
        return "choices", _choices(each)
    return "lines", ()


def _choices(kind: type[StrEnum]) -> tuple[tuple[str, str], ...]:
    if kind is Language:
        return tuple((each.value, LANGUAGE_NAMES[each]) for each in Language)
    return tuple((each.value, _called(each.value)) for each in kind)


def _section(annotation: Any) -> type[Section] | None:  # noqa: ANN401
    plain = _without_none(annotation)
    return plain if isinstance(plain, type) and issubclass(plain, Section) else None


def _without_none(annotation: Any) -> Any:  # noqa: ANN401
    """Return what stands in an annotation beside None, bounds taken off."""
    if get_origin(annotation) is Annotated:
        return _without_none(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        (only,) = (each for each in get_args(annotation) if each is not type(None))
        return _without_none(only)
    return annotation


def _may_be_none(annotation: Any) -> bool:  # noqa: ANN401
    return type(None) in get_args(annotation)


def _called(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()
