"""What is wrong with a form of the plain page, in the reader's words, beside the field it is in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from service.embed.messages import Words
from service.errors import ModerationError, RateLimited
from service.problems import field_problems, status_of

_FIELD_OF: Final = {
    "/author/name": "name",
    "/author/email": "email",
    "/body": "body",
    "/website": "website",
    "/reason": "reason",
    "/words": "words",
    "/law": "law",
    "/explanation": "explanation",
    "/contact": "contact",
    "/good_faith": "good_faith",
}
# What the section says of its own fields, before anything is sent.
_LINE_OF: Final = {
    "name": "error.name",
    "email": "error.email",
    "reason": "report.choose",
    "law": "notice.law_missing",
    "explanation": "notice.explanation_missing",
    "good_faith": "notice.good_faith_missing",
}
_UNKNOWN: Final = "error.unknown"
# Nothing that a browser without JavaScript could do about it.
_WORK: Final = frozenset({"work_needed", "work_wrong"})
_INVALID: Final = 422


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a form was not taken: by field where it is a field's, in one sentence, and a status."""

    status: int
    code: str
    sentence: str
    fields: Mapping[str, str] = field(default_factory=dict)
    retry_after: int = 0

    @property
    def takes_work(self) -> bool:
        return self.code in _WORK


def trouble_of(error: ModerationError | ValidationError, words: Words) -> Trouble:
    """Return an error in words of the reader's language."""
    if isinstance(error, ValidationError):
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        pointers = [each.pointer for each in field_problems(found)]
        return _of(_INVALID, "fields_invalid", pointers, words)
    pointers = [each.pointer for each in error.fields]
    seconds = round(error.retry_after.total_seconds()) if isinstance(error, RateLimited) else 0
    return _of(status_of(error), error.code, pointers, words, retry_after=seconds)


def _of(
    status: int, code: str, pointers: list[str], words: Words, *, retry_after: int = 0
) -> Trouble:
    line = f"error.{code}" if words.has(f"error.{code}") else _UNKNOWN
    sentence = words(line, count=retry_after)
    named = [_FIELD_OF[each] for each in pointers if each in _FIELD_OF]
    fields = {name: words(_LINE_OF[name]) if name in _LINE_OF else sentence for name in named}
    return Trouble(status, code, sentence, fields, retry_after)
