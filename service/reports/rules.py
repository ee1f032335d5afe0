"""What must be true of reports and notices. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from service import texts
from service.reports.errors import WordsUnfit
from service.reports.reason import ReportReason

WORDS_MAX_CHARS: Final = 500
LAW_MAX_CHARS: Final = 500
EXPLANATION_MAX_CHARS: Final = 4000
CONTACT_MAX_CHARS: Final = 320
ANSWER_MAX_CHARS: Final = 2000

_NAMES: Final = {
    ReportReason.SPAM: "spam",
    ReportReason.INSULT: "an insult",
    ReportReason.HATE: "hate",
    ReportReason.THREAT: "a threat",
    ReportReason.SEXUAL: "sexual",
    ReportReason.OFF_TOPIC: "off topic",
    ReportReason.OTHER: "something else",
}


def optional_words(field: str, text: str | None, *, most: int) -> str | None:
    """Return ``text`` in its normal form, None where it says nothing.

    Raises:
        WordsUnfit: it is too long, or has a character that cannot be stored.
    """
    said = texts.normal_form(text or "")
    if texts.shows_nothing(said):
        return None
    if len(said) > most:
        raise WordsUnfit(field, f"must have {most} characters at most, and has {len(said)}")
    unfit = texts.unfit_character(said)
    if unfit:
        raise WordsUnfit(field, f"must not have {unfit}")
    return said


def words(field: str, text: str | None, *, most: int) -> str:
    """Return ``text`` in its normal form.

    Raises:
        WordsUnfit: it says nothing, is too long, or cannot be stored.
    """
    said = optional_words(field, text, most=most)
    if said is None:
        raise WordsUnfit(field, "must not be empty")
    return said


def sentence(reasons: Iterable[ReportReason]) -> str:
    """Return in words how often the comment was reported, and as what; most often said first."""
    counted = Counter(reasons)
    often = sorted(counted, key=lambda each: (-counted[each], list(ReportReason).index(each)))
    said = ", ".join(f"{counted[each]} as {_NAMES[each]}" for each in often)
    total = counted.total()
    return f"Readers reported it {'once' if total == 1 else f'{total} times'}: {said}."
