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
# What the reason `reported` says, and of what it is made.
LINES: Final = ("Readers reported it once: {said}.", "Readers reported it {count} times: {said}.")
PARTS: Final = ("{count} as {wrong}", *_NAMES.values())


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


def counted(said: Iterable[tuple[bytes, bytes | None]]) -> int:
    """Return by how many people reports count: by readers or by networks, which are fewer.

    A reader's browser names itself, and one person can have many names; networks are fewer. Those
    that are forgotten count as one.

    Args:
        said: of each report who it is from, and from which network, if that is known.
    """
    known = list(said)
    readers = {reader for reader, _ in known}
    networks = {network for _, network in known}
    return min(len(readers), len(networks))


def enough(bound: int, *, was_let_stand: bool) -> int:
    """Return how many reports hold a comment, where the site wants ``bound``.

    A person who let it stand against reports is not asked again by as many others as before.
    """
    return 2 * bound if was_let_stand else bound


def sentence(reasons: Iterable[ReportReason]) -> str:
    """Return in words how often the comment was reported, and as what; most often said first."""
    counted = Counter(reasons)
    often = sorted(counted, key=lambda each: (-counted[each], list(ReportReason).index(each)))
    said = ", ".join(PARTS[0].format(count=counted[each], wrong=_NAMES[each]) for each in often)
    total = counted.total()
    return LINES[0 if total == 1 else 1].format(count=total, said=said)
