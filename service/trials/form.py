"""A policy as a form: its document written into fields, and what was typed read back.

Pure. What was typed is kept as it was typed, also where it is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ml.labels import Label
from service.errors import FieldProblem
from service.policy import word_lists
from service.policy.document import SCORED_LANGUAGES, PolicyDocument
from service.policy.wordlist_section import ListedWord
from service.problems import field_problems
from service.trials.fields import Group, Input, general, rules

Typed = Mapping[str, Sequence[str]]

_SPARE_ROWS = 2
_WISHES_MAX = len(Label) * len(SCORED_LANGUAGES)
_ON = "on"
_SIDES = ("hold", "reject")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form says: a policy, or what is wrong with it, by the name of the field."""

    document: PolicyDocument | None
    problems: Mapping[str, str]


def typed(document: PolicyDocument) -> dict[str, list[str]]:
    """Return what stands in each field when the form shows this policy."""
    stored = document.model_dump(mode="json")
    found: dict[str, list[str]] = {}
    for each in general().every_input():
        found[each.name] = _written(stored[each.name])
    for group in rules():
        is_on = stored[group.name] is not None
        if is_on:
            found[group.switch] = [_ON]
        for each in group.every_input():
            value = _written(_inside(stored, each.name) if is_on else each.default)
            found[each.name] = ["\n".join(value)] if each.kind == "lines" else value
    for label, limits in stored["thresholds"].items():
        found |= _typed_limits(f"thresholds.{label}", limits)
        for code, own in ((limits or {}).get("languages") or {}).items():
            found |= _typed_limits(f"thresholds.{label}.languages.{code}", own)
    for row, wish in enumerate(stored["operating_points"]):
        for name, value in wish.items():
            found[f"operating_points.{row}.{name}"] = _written(value)
    found["words.starters"] = _written(stored["words"]["starters"])
    if document.words.listed:
        content = word_lists.write_csv(each.entry for each in document.words.listed)
        found["words.csv"] = [content.decode("utf-8-sig")]
    return found


def _typed_limits(start: str, limits: Mapping[str, Any] | None) -> dict[str, list[str]]:
    return {f"{start}.{side}": _written((limits or {}).get(side)) for side in _SIDES}


def wish_rows(given: Typed) -> range:
    """Return the rows of operating points to show: those that are filled in, and some to spare."""
    used = [row for row in range(_WISHES_MAX) if _is_filled(given, row)]
    return range(min(max(used, default=-1) + 1 + _SPARE_ROWS, _WISHES_MAX))


def read(given: Typed) -> Reading:
    """Return the policy that was typed, or every problem with it."""
    listed = _listed(given)
    problems = {"words.csv": listed} if isinstance(listed, str) else {}
    rows = [row for row in range(_WISHES_MAX) if _is_filled(given, row)]
    sent = {
        **{each.name: _value(each, given) for each in general().every_input()},
        **{group.name: value for group in rules() if (value := _group(group, given)) is not None},
        "thresholds": {label.value: _threshold(label, given) for label in Label},
        "operating_points": [_wish(given, row) for row in rows],
        "words": {
            "starters": list(given.get("words.starters", ())),
            "listed": [] if problems else listed,
        },
    }
    try:
        document = PolicyDocument.model_validate(sent)
        return Reading(None if problems else document, problems)
    except ValidationError as error:
        found = field_problems([{**each, "loc": ("form", *each["loc"])} for each in error.errors()])
        return Reading(None, {**dict(_placed(found, rows)), **problems})


def _placed(found: Sequence[FieldProblem], rows: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield the field that each problem belongs beside."""
    for each in found:
        parts = each.pointer.removeprefix("/").split("/")
        if parts[0] == "operating_points" and len(parts) > 1:
            parts[1] = str(rows[int(parts[1])])
        if parts[:2] == ["words", "listed"]:
            parts = ["words", "csv"]
        deepest = 5 if parts[0] == "thresholds" else 3
        yield ".".join(part for part in parts[:deepest] if part), each.detail


def _listed(given: Typed) -> list[dict[str, Any]] | str:
    content = _first(given, "words.csv").strip()
    if not content:
        return []
    found = word_lists.read_csv(content.encode("utf-8", "replace"))
    if found.problems:
        first, more = found.problems[0], len(found.problems) - 1
        return f"row {first.row}: {first.detail}" + (f" ({more} more)" if more else "")
    return [ListedWord.of(entry).model_dump(mode="json") for entry in found.entries]


def _group(group: Group, given: Typed) -> dict[str, Any] | None:
    if group.has_switch and group.switch not in given:
        return None
    inner: dict[str, Any] = {}
    for each in group.inputs:
        value = _value(each, given) if isinstance(each, Input) else _unless_empty(each, given)
        if value is not None or each.name.rpartition(".")[2] in _NULL_MEANS_OFF:
            inner[each.name.rpartition(".")[2]] = value
    return inner


# Fields with a default other than null, in which an empty field is meant as "never".
_NULL_MEANS_OFF = frozenset({"exact", "near"})


def _unless_empty(group: Group, given: Typed) -> dict[str, Any] | None:
    if not any(_first(given, each.name) for each in group.every_input()):
        return None
    return _group(group, given)


def _threshold(label: Label, given: Typed) -> dict[str, Any] | None:
    limits = _limits(f"thresholds.{label}", given)
    apart = {
        language.value: own
        for language in SCORED_LANGUAGES
        if (own := _limits(f"thresholds.{label}.languages.{language}", given)) is not None
    }
    return {**(limits or {}), "languages": apart} if apart else limits


def _limits(start: str, given: Typed) -> dict[str, Any] | None:
    limits = {side: _number(_first(given, f"{start}.{side}")) for side in _SIDES}
    return None if set(limits.values()) == {None} else limits


def _is_filled(given: Typed, row: int) -> bool:
    return any(
        _first(given, f"operating_points.{row}.{name}") for name in ("label", "approve", "reject")
    )


def _wish(given: Typed, row: int) -> dict[str, Any]:
    start = f"operating_points.{row}"
    wish: dict[str, Any] = {
        "label": _first(given, f"{start}.label"),
        "approve": _number(_first(given, f"{start}.approve")),
        "reject": _number(_first(given, f"{start}.reject")),
    }
    languages = given.get(f"{start}.languages", ())
    return {**wish, "languages": list(languages)} if languages else wish


def _value(field: Input, given: Typed) -> Any:  # noqa: ANN401 - as the document has it
    first = _first(given, field.name)
    match field.kind:
        case "switch":
            return bool(first)
        case "choices":
            return list(given.get(field.name, ()))
        case "lines":
            return [line.strip() for line in first.splitlines() if line.strip()]
        case "number":
            return _number(first, whole=field.is_whole)
        case "choice":
            return first or None


def _number(text: str, *, whole: bool = False) -> float | int | str | None:
    """Return the number, None of an empty field, and what is none as it was typed."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        return int(plain) if whole else float(plain)
    except ValueError:
        return text


def _first(given: Typed, name: str) -> str:
    values = given.get(name, ())
    return values[0] if values else ""


def _inside(stored: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    value: Any = stored
    for part in name.split("."):
        value = None if value is None else value[part]
    return value


def _written(value: Any) -> list[str]:  # noqa: ANN401
    if value is None or value is False:
        return []
    if value is True:
        return [_ON]
    if isinstance(value, list | tuple):
        return list(map(str, value))
    return [f"{value:g}" if isinstance(value, float) else str(value)]
