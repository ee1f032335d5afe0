"""What can go wrong, as kinds. Slices add leaves with a stable code and a sentence for a person.

ModerationError
  NotFound          missing, or not yours                   404   worker drops
  Conflict          the state does not allow it             409   worker drops
  Gone              was here, and is erased                 410   worker drops
  TooLarge          more bytes than we take                 413   worker drops
  Invalid           well-formed but meaningless             422   worker drops, alarms
  Unauthenticated   who are you?                            401
  Forbidden         not for you                             403
  RateLimited       says when to come back                  429   worker retries then
  Unavailable       a dependency was silent                 503   worker retries, backing off
anything else       our bug                                 500   worker fails, alarms

The kind decides what happens next, in two places only: ``service/problems.py`` and
``worker/task.py``.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field: where it is, as a JSON Pointer (RFC 6901), and what would be right."""

    pointer: str
    detail: str


class ModerationError(Exception):
    """An expected error: has a stable ``code`` and a sentence that says what would be right."""

    code: ClassVar[str] = "error"
    # All that it may say, with blanks for what differs: pages tell it in their language by these.
    lines: ClassVar[tuple[str, ...]] = ()

    def __init__(self, detail: str, *, fields: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields


class NotFound(ModerationError):
    code = "not_found"


class Conflict(ModerationError):
    code = "conflict"


class Gone(ModerationError):
    code = "gone"


class TooLarge(ModerationError):
    code = "too_large"


class Invalid(ModerationError):
    code = "invalid"


class Unauthenticated(ModerationError):
    code = "unauthenticated"


class Forbidden(ModerationError):
    code = "forbidden"


class RateLimited(ModerationError):
    code = "rate_limited"
    lines = ("More than {most} calls in a minute: come back a little later.",)

    def __init__(self, detail: str, *, retry_after: timedelta) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(ModerationError):
    code = "unavailable"
