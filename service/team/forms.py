"""What is typed into the settings pages, and what it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from pydantic import ValidationError

from service.errors import FieldProblem, Invalid
from service.problems import field_problems
from service.sites import preferences
from service.sites.configuring import Wanted
from service.sites.reasons import Ground, RejectReason
from service.sites.rules import RequirableField
from service.sites.schemas import SiteIn, SiteOut

Typed = Mapping[str, Sequence[str]]

_MINUTE, _HOUR = 60, 3600
_EMPTY_ROWS: Final = 2


@dataclass(frozen=True, slots=True)
class Duration:
    """A field that holds seconds, and in which people write minutes or hours."""

    name: str
    unit: int
    least: timedelta
    most: timedelta
    may_be_empty: bool = False

    @property
    def bounds(self) -> tuple[str, str]:
        return _number(self.least.total_seconds() / self.unit), _number(
            self.most.total_seconds() / self.unit
        )

    def shown(self, seconds: int | None) -> str:
        return "" if seconds is None else _number(seconds / self.unit)

    def read(self, typed: str) -> int | None:
        """Return the seconds.

        Raises:
            ValueError: it is no number, or out of bounds.
        """
        if not typed.strip() and self.may_be_empty:
            return None
        seconds = float(typed.replace(",", ".")) * self.unit
        if not self.least.total_seconds() <= seconds <= self.most.total_seconds():
            raise ValueError
        return round(seconds)


DURATIONS: Final = (
    Duration("edit_window_seconds", _MINUTE, timedelta(0), preferences.EDIT_MAX),
    Duration("withdraw_window_seconds", _HOUR, timedelta(0), preferences.WITHDRAW_MAX),
    Duration(
        "age_alert_seconds",
        _MINUTE,
        preferences.AGE_ALERT_MIN,
        preferences.AGE_ALERT_MAX,
        may_be_empty=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in, with what is wrong about it by field."""

    typed: Typed
    wanted: Wanted | None = None
    problems: Mapping[str, str] = field(default_factory=dict)


def settings_shown(site: SiteOut) -> Typed:
    """Return the form as it stands before anybody types."""
    as_read = site.model_dump(mode="json")
    return {
        "name": [site.name],
        "url": [site.url],
        "email": [site.email.value],
        "required_fields": [each for each in as_read["required_fields"] if each != _EMAIL],
        "thinks_twice": ["on"] if site.thinks_twice else [],
        "reports_hold_at": [str(site.reports_hold_at)],
        "proof_of_work": [site.proof_of_work.value],
        "audit_share": [f"{100 * site.audit_share:g}"],
        **{each.name: [each.shown(as_read[each.name])] for each in DURATIONS},
    }


def settings_filled(typed: Typed) -> Filled:
    """Return what the form of the settings asks for, or what is wrong with it."""
    sent: dict[str, Any] = {
        "name": first(typed, "name"),
        "url": first(typed, "url"),
        "email": first(typed, "email"),
        "required_fields": list(typed.get("required_fields", ())),
        "thinks_twice": first(typed, "thinks_twice") == "on",
        "proof_of_work": first(typed, "proof_of_work"),
    }
    if sent["email"] == preferences.EmailField.REQUIRED:
        sent["required_fields"].append(_EMAIL)
    problems: dict[str, str] = {}
    for each in DURATIONS:
        try:
            sent[each.name] = each.read(first(typed, each.name))
        except ValueError:
            problems[each.name] = f"must be {' to '.join(each.bounds)}"
    try:
        sent["reports_hold_at"] = int(first(typed, "reports_hold_at"))
    except ValueError:
        problems["reports_hold_at"] = f"must be 1 to {preferences.REPORTS_MAX}"
    try:
        sent["audit_share"] = _share(first(typed, "audit_share"))
    except ValueError:
        problems["audit_share"] = "must be 0 to 100"
    return _filled(typed, sent, problems)


def _share(of_100: str) -> float:
    share = float(of_100.replace(",", ".")) / 100
    if not 0 <= share <= 1:
        raise ValueError(of_100)
    return share


def reasons_shown(reasons: Sequence[RejectReason]) -> list[Typed]:
    """Return the rows of the list as they stand, and some to write into."""
    rows: list[Typed] = [
        {
            "place": [str(place)],
            "code": [each.code],
            "title": [each.title],
            "sentence": [each.sentence],
            "labels": [label.value for label in each.labels],
            "ground": [each.ground.value],
        }
        for place, each in enumerate(reasons, start=1)
    ]
    return rows + [_empty_row(len(rows) + n) for n in range(1, _EMPTY_ROWS + 1)]


def reasons_rows(typed: Typed) -> list[Typed]:
    """Return the rows that were sent, in the order of their places; one left empty is gone."""
    names = ("place", "code", "title", "sentence", "labels", "ground")
    count = sum(1 for name in typed if name.endswith(".code"))
    rows = [
        {name: list(typed.get(f"reasons.{n}.{name}", ())) or [""] for name in names}
        for n in range(count)
    ]
    filled = [row for row in rows if any(first(row, name).strip() for name in names[1:4])]
    return sorted(filled, key=_place)


def reasons_filled(rows: Sequence[Typed]) -> Filled:
    """Return what the list of reasons asks for, or what is wrong with which row."""
    sent = [
        {
            "code": first(row, "code").strip(),
            "title": first(row, "title"),
            # One line, however the browser's field has wrapped it.
            "sentence": " ".join(first(row, "sentence").split()),
            "labels": [each for each in row["labels"] if each],
            "ground": first(row, "ground"),
        }
        for row in rows
    ]
    return _filled({}, {"reject_reasons": sent}, {})


def with_problems(filled: Filled, error: Invalid) -> Filled:
    """Return the form with what an action found wrong about it."""
    return Filled(filled.typed, None, {**filled.problems, **_by_name(error.fields)})


def first(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


_EMAIL = RequirableField.AUTHOR_EMAIL.value
# What the form asks for beside the e-mail address, which has a field of its own there.
FIELDS: Final = tuple(each.value for each in RequirableField if each.value != _EMAIL)


def _filled(typed: Typed, sent: Mapping[str, Any], problems: Mapping[str, str]) -> Filled:
    try:
        wanted = SiteIn.model_validate(sent).wanted()
    except ValidationError as error:
        found = field_problems([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])
        return Filled(typed, None, {**_by_name(found), **problems})
    return Filled(typed, None if problems else wanted, problems)


def _by_name(found: Sequence[FieldProblem]) -> dict[str, str]:
    """Return problems by the field's name in the form: ``reject_reasons.0.code``."""
    return {each.pointer.strip("/").replace("/", "."): each.detail for each in found}


def _empty_row(place: int) -> Typed:
    empty: dict[str, list[str]] = {name: [""] for name in ("code", "title", "sentence")}
    return {"place": [str(place)], **empty, "labels": [], "ground": [Ground.SITE_POLICY.value]}


def _place(row: Typed) -> float:
    try:
        return float(first(row, "place"))
    except ValueError:
        return float("inf")


def _number(value: float) -> str:
    return f"{value:g}" if value != round(value) else str(round(value))
