"""What must be true of an appeal. Pure."""

from datetime import datetime, timedelta
from typing import Final

from service import texts
from service.appeals.errors import AppealTextUnfit

TEXT_MAX_CHARS: Final = 1000
ANSWER_MAX_CHARS: Final = 1000


def appeal_text(text: str) -> str:
    """Return what the author writes, in its normal form.

    Raises:
        AppealTextUnfit: it says nothing, is too long, or cannot be stored.
    """
    said = texts.normal_form(text)
    if texts.shows_nothing(said):
        raise AppealTextUnfit("must not be empty", line="appeal.empty")
    if len(said) > TEXT_MAX_CHARS:
        wrong = f"must have {TEXT_MAX_CHARS} characters at most, and has {len(said)}"
        raise AppealTextUnfit(wrong, line="appeal.too_long", count=len(said))
    unfit = texts.unfit_character(said)
    if unfit:
        raise AppealTextUnfit(f"must not have {unfit}", line="appeal.unfit")
    return said


def answer(text: str | None) -> str | None:
    """Return what the author is answered, in its normal form; None where it says nothing.

    Raises:
        AppealTextUnfit: it is too long, or cannot be stored.
    """
    said = texts.normal_form(text or "")
    if texts.shows_nothing(said):
        return None
    if len(said) > ANSWER_MAX_CHARS:
        wrong = f"must have {ANSWER_MAX_CHARS} characters at most, and has {len(said)}"
        raise AppealTextUnfit(wrong, line="appeal.too_long", count=len(said), field="answer")
    unfit = texts.unfit_character(said)
    if unfit:
        raise AppealTextUnfit(f"must not have {unfit}", line="appeal.unfit", field="answer")
    return said


def ends_at(decided_at: datetime, window: timedelta) -> datetime:
    """Return until when a decision of that time can be appealed."""
    return decided_at + window
