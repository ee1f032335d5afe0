"""What a site wants of its comment section and its queue, beside the policy. Pure.

A row holds only what differs from the defaults, so a new default reaches every site that never
chose otherwise.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, Self

from service.errors import FieldProblem
from service.sites.errors import SiteInvalid
from service.sites.rules import RequirableField


class EmailField(StrEnum):
    """Whether readers are asked for an e-mail address, which is never published."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class ProofOfWork(StrEnum):
    """When a reader's browser has to do some work before a comment is taken."""

    OFF = "off"
    UNDER_ATTACK = "under_attack"
    ALWAYS = "always"


DAY: Final = timedelta(days=1)
EDIT_MAX: Final = DAY
WITHDRAW_MAX: Final = timedelta(days=365)
AGE_ALERT_MIN: Final = timedelta(minutes=1)
AGE_ALERT_MAX: Final = timedelta(days=30)
REPORTS_MAX: Final = 1000


class HasPreferences(Protocol):
    """What is read of a site's row."""

    preferences: dict[str, Any]
    required_fields: list[str]


@dataclass(frozen=True, slots=True)
class Preferences:
    """One site's choices.

    ``edit_window`` and ``withdraw_window``: how long readers may change or take back what they
    wrote; zero is never. ``thinks_twice``: whether a reader whose comment would be held is asked,
    once, to reconsider. ``reports_hold_at``: so many readers' reports hold a published comment
    again. ``age_alert``: the oldest held comment should not wait longer; None is no alert.
    ``audit_share``: this share of what is decided without a person is judged by one, blind.

    Raises:
        SiteInvalid: says which choice is out of bounds, and what would be right.
    """

    edit_window: timedelta = timedelta(minutes=5)
    withdraw_window: timedelta = DAY
    thinks_twice: bool = True
    reports_hold_at: int = 3
    age_alert: timedelta | None = timedelta(hours=1)
    proof_of_work: ProofOfWork = ProofOfWork.UNDER_ATTACK
    email: EmailField = EmailField.OPTIONAL
    audit_share: float = 0.02

    def __post_init__(self) -> None:
        alert = self.age_alert
        wrong = {
            "/edit_window_seconds": _outside(self.edit_window, timedelta(0), EDIT_MAX),
            "/withdraw_window_seconds": _outside(self.withdraw_window, timedelta(0), WITHDRAW_MAX),
            "/age_alert_seconds": alert is not None
            and _outside(alert, AGE_ALERT_MIN, AGE_ALERT_MAX),
            "/reports_hold_at": not 1 <= self.reports_hold_at <= REPORTS_MAX
            and f"must be 1 to {REPORTS_MAX}",
            "/audit_share": not 0 <= self.audit_share <= 1 and "must be a share, 0 to 1",
        }
        found = tuple(FieldProblem(where, said) for where, said in wrong.items() if said)
        if found:
            first = found[0]
            raise SiteInvalid(f"{first.pointer.strip('/')} {first.detail}.", fields=found)

    @classmethod
    def read(cls, stored: Mapping[str, Any], required_fields: Collection[str]) -> Self:
        """Return the choices that a site's row holds.

        That an e-mail address is required is said in one place, ``required_fields``.
        """
        known = {name: _READ[name](value) for name, value in stored.items() if name in _READ}
        if RequirableField.AUTHOR_EMAIL in required_fields:
            known["email"] = EmailField.REQUIRED
        return cls(**known)

    def stored(self) -> dict[str, Any]:
        """Return what a row holds: what differs from the defaults."""
        return {
            each.name: _written(getattr(self, each.name))
            for each in fields(self)
            if getattr(self, each.name) != each.default
        }

    def as_json(self) -> dict[str, Any]:
        """Return every choice, in the form in which it is stored and shown."""
        return {each.name: _written(getattr(self, each.name)) for each in fields(self)}


def of_site(site: HasPreferences) -> Preferences:
    """Return the choices of ``site``."""
    return Preferences.read(site.preferences, site.required_fields)


def _outside(value: timedelta, least: timedelta, most: timedelta) -> str:
    if least <= value <= most and not value.microseconds:
        return ""
    return (
        f"must be {least.total_seconds():.0f} to {most.total_seconds():.0f} seconds, in whole ones"
    )


def _seconds(value: Any) -> timedelta | None:  # noqa: ANN401 - what JSON holds
    return None if value is None else timedelta(seconds=value)


def _written(value: object) -> object:
    return int(value.total_seconds()) if isinstance(value, timedelta) else value


_READ: Final[Mapping[str, Any]] = {
    "edit_window": _seconds,
    "withdraw_window": _seconds,
    "thinks_twice": bool,
    "reports_hold_at": int,
    "age_alert": _seconds,
    "proof_of_work": ProofOfWork,
    "email": EmailField,
    "audit_share": float,
}
