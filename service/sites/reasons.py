"""Why a comment is rejected: the site's own list, or this one.

Each reason has a stable code, a sentence for the reader, the labels that a rejection for it teaches
the classifier, and the ground that the reader is told. A reason without labels says nothing about
the text's tone.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ml.labels import Label
from service.errors import FieldProblem
from service.sites.errors import SiteInvalid

# The first nine have a key each; the rest are a click away.
REASONS_MAX: Final = 30
TITLE_MAX_CHARS: Final = 40
SENTENCE_MAX_CHARS: Final = 300
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class Ground(StrEnum):
    """On which ground a comment is not published."""

    SITE_POLICY = "site_policy"
    LAW = "law"


@dataclass(frozen=True, slots=True)
class RejectReason:
    """One line of the list that a moderator rejects by."""

    code: str
    title: str
    sentence: str
    labels: tuple[Label, ...] = ()
    ground: Ground = Ground.SITE_POLICY

    def taught(self) -> dict[Label, float]:
        """Return what a rejection for this teaches, by label; a label left out is not judged."""
        return dict.fromkeys(self.labels, 1.0)


DEFAULT_REASONS: tuple[RejectReason, ...] = (
    RejectReason(
        "insult",
        "Insult",
        "The comment belittles a person or a group of people.",
        (Label.TOXICITY, Label.INSULT),
    ),
    RejectReason(
        "threat",
        "Threat",
        "The comment announces, wishes or calls for harm to somebody.",
        (Label.TOXICITY, Label.THREAT),
    ),
    RejectReason(
        "hate",
        "Hate",
        "The comment attacks people for their nationality, religion, sex or origin.",
        (Label.TOXICITY, Label.IDENTITY_ATTACK),
    ),
    RejectReason(
        "obscene",
        "Obscene",
        "The comment swears or uses vulgar words.",
        (Label.TOXICITY, Label.OBSCENITY),
    ),
    RejectReason(
        "sexual",
        "Sexual",
        "The comment describes sexual acts or bodies.",
        (Label.SEXUAL,),
    ),
    RejectReason(
        "spam",
        "Spam",
        "The comment advertises, phishes or floods.",
        (Label.SPAM,),
    ),
    RejectReason("off-topic", "Off topic", "The comment has nothing to do with the article."),
    RejectReason(
        "private", "Private details", "The comment gives away private details of somebody."
    ),
    RejectReason("other", "Other", "The comment breaks the site's comment policy."),
)

# Of a comment that is taken down after a notice: on no site's list, because it needs one.
ILLEGAL_BY = "The comment was found to be against the law. The law that was named: «{law}»"
ILLEGAL = RejectReason(
    "illegal", "Illegal", "The comment was found to be against the law.", (), Ground.LAW
)


def of_site(own: Sequence[Mapping[str, Any]]) -> tuple[RejectReason, ...]:
    """Return the reasons that a site stored for itself, or else the default ones."""
    return tuple(_read(stored) for stored in own) or DEFAULT_REASONS


def check(own: Sequence[RejectReason]) -> None:
    """Refuse a list that moderators or readers could not do with.

    Raises:
        SiteInvalid: says every line that is wrong, and what would be right.
    """
    if len(own) > REASONS_MAX:
        said = f"must hold {REASONS_MAX} reasons at most"
        raise SiteInvalid(
            f"reject_reasons {said}.", fields=(FieldProblem("/reject_reasons", said),)
        )
    seen: set[str] = set()
    found: list[FieldProblem] = []
    for at, reason in enumerate(own):
        found += [
            FieldProblem(f"/reject_reasons/{at}/{name}", said)
            for name, said in _wrong_in(reason, seen).items()
            if said
        ]
        seen.add(reason.code)
    if found:
        first = found[0]
        where = first.pointer.strip("/").replace("/", ".")
        raise SiteInvalid(f"{where} {first.detail}.", fields=tuple(found))


def stored(reason: RejectReason) -> dict[str, Any]:
    """Return the form in which a site's row holds the reason."""
    return {
        "code": reason.code,
        "title": reason.title.strip(),
        "sentence": reason.sentence.strip(),
        "labels": [label.value for label in reason.labels],
        "ground": reason.ground.value,
    }


def find(reasons: Iterable[RejectReason], code: str) -> RejectReason | None:
    """Return the reason of this code."""
    return next((reason for reason in reasons if reason.code == code), None)


def _wrong_in(reason: RejectReason, seen: Collection[str]) -> dict[str, str]:
    return {
        "code": "must be a-z, 0-9 and inner hyphens, 40 at most"
        if not _CODE.fullmatch(reason.code)
        else "must be another than the reasons above have"
        if reason.code in seen
        else "",
        "title": _wrong_line(reason.title, most=TITLE_MAX_CHARS),
        "sentence": _wrong_line(reason.sentence, most=SENTENCE_MAX_CHARS),
    }


def _wrong_line(text: str, *, most: int) -> str:
    is_right = text.strip() and text.isprintable() and len(text) <= most
    return "" if is_right else f"must be one line of 1 to {most} characters"


def _read(stored: Mapping[str, Any]) -> RejectReason:
    code, sentence = str(stored["code"]), str(stored["sentence"])
    title = str(stored.get("title") or code.replace("-", " ").capitalize())
    labels = tuple(Label(each) for each in stored.get("labels", ()))
    return RejectReason(code, title, sentence, labels, Ground(stored.get("ground", "site_policy")))
