"""Which lines are behind each stable code, so that pages can tell them in their language.

See ``service/wording.py``. Whoever adds a code gives it its lines where the sentence is made; an
error has them on its class. Each line stands in the catalogues (see ``locales/extracting.py``).
"""

from collections.abc import Iterator
from typing import Final

from ml import gate_sentences as gate
from service import problems
from service.appeals import alerts as appeal_alerts
from service.decisions import alerts as scoring_alerts
from service.decisions.waiting import REPORTED
from service.drift import rules as drift
from service.errors import ModerationError
from service.learning import run_sentences
from service.learning.errors import GONE, TooFewExamples
from service.learning.plan import TOO_LOOSE
from service.learning.schedule import NOT_CRON
from service.moderators import oidc, passwords
from service.policy import changes as policy_changes
from service.policy import point_sentences
from service.policy import sentences as policy
from service.policy.word_lists import KINDS
from service.registry import actions as registry
from service.reports import rules as reports
from service.review.queries import NAMES
from service.sites import reasons
from service.team import staleness
from service.trials.drafts import NoteUnfit
from service.wording import BLANK, PARTS, Lines

# What can be wrong with a field of the pages' forms, beside what `problems.py` says of any field.
_WRONG: Final = (
    "must be printable, 1 to {most} characters",
    "must have {least} to {most} characters",
    "must have {most} characters at most",
    "must be one line of 1 to {most} characters",
    "must be one line of text, without {character}",
    "must be {least} to {most} seconds, in whole ones",
    "must be {least} to {most}",
    "must be a share, 0 to 1",
    "must be among {list}",
    "must be one of {list}",
    "must be in the future, by {days} days at most",
    "must be the one of your account, since this address has one already",
    "must be written like name@example.org",
    "must begin with http:// or https://",
    "must be a domain such as news.example, without scheme and path",
    "must hold {most} reasons at most",
    "must hold one scope at least",
    "must hold `read`, without which nothing can be decided",
    "must hold `decide` where it holds `lead`",
    "must not be empty or blank",
    "must not be empty",
    "must not be below hold, which is {hold}",
    "must not have {character}, which no page can show",
    "must not have {character}",
    "must be given where hold is not, also where a language has its own: or leave the label out",
    "must be given where hold is not: or leave the language out",
    "must be given where approve is not: or leave the label out",
    "a word has at most {most} characters",
    "a word has at least {least} letters",
    "a note has at most {most} characters",
    KINDS,
    "row {row}: {wrong} ({more} more)",
    "row {row}: {wrong}",
)


def known_sentences() -> Lines:
    """Return the lines of every code; those of errors, as far as their modules are loaded."""
    known: dict[str, tuple[str, ...]] = {
        **problems.LINES,
        **policy.LINES,
        REPORTED: reports.LINES,
        reasons.ILLEGAL.code: (reasons.ILLEGAL_BY, reasons.ILLEGAL.sentence),
        "unavailable": (problems.DATABASE_SILENT, passwords.BUSY, oidc.SILENT),
        "queue_stale": (staleness.SENTENCE,),
        "scoring_degraded": (scoring_alerts.DEGRADED,),
        "scoring_behind": (scoring_alerts.BEHIND,),
        "appeals_unread": (appeal_alerts.NOBODY_ELSE,),
        "operating_point": point_sentences.LINES,
        "policy_change": policy_changes.LINES,
        **{f"drift_{name}": (line,) for name, line in drift.LINES.items()},
        "gate": gate.LINES,
        "run_doing": run_sentences.DOING,
        "run_ended": (*run_sentences.ENDED, *TooFewExamples.lines),
        "promotion": (registry.FIRST, registry.ROLLED_BACK),
        PARTS: (
            *gate.PARTS,
            *policy.PARTS,
            *policy_changes.PARTS,
            *reports.PARTS,
            *staleness.UNITS,
            *scoring_alerts.DOES.values(),
            *NAMES.values(),
            *_WRONG,
            *NoteUnfit.lines,
            *(TOO_LOOSE, NOT_CRON),
            *GONE.values(),
            *problems.SENTENCES.values(),
        ),
    }
    for error in leaves():
        known[error.code] = tuple(dict.fromkeys((*known.get(error.code, ()), *error.lines)))
    # Who leaves least open comes first: "must be {expected}" fits what others say better.
    known[PARTS] = tuple(sorted(known[PARTS], key=_says_itself, reverse=True))
    return known


def _says_itself(line: str) -> int:
    """Return how many characters of a line are its own."""
    return len(BLANK.sub("", line))


def leaves(kind: type[ModerationError] = ModerationError) -> Iterator[type[ModerationError]]:
    """Yield each kind of error that is loaded, those with lines among them."""
    for each in kind.__subclasses__():
        yield each
        yield from leaves(each)
