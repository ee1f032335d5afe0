"""Why a comment is rejected: the site's own list, or this one.

Each reason has a stable code, a sentence for the reader, the labels that a rejection for it teaches
the classifier, and the ground that the reader is told. A reason without labels says nothing about
the text's tone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ml.labels import Label


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


def of_site(own: Sequence[Mapping[str, Any]]) -> tuple[RejectReason, ...]:
    """Return the reasons that a site stored for itself, or else the default ones."""
    return tuple(_read(stored) for stored in own) or DEFAULT_REASONS


def find(reasons: Iterable[RejectReason], code: str) -> RejectReason | None:
    """Return the reason of this code."""
    return next((reason for reason in reasons if reason.code == code), None)


def _read(stored: Mapping[str, Any]) -> RejectReason:
    code, sentence = str(stored["code"]), str(stored["sentence"])
    title = str(stored.get("title") or code.replace("-", " ").capitalize())
    labels = tuple(Label(each) for each in stored.get("labels", ()))
    return RejectReason(code, title, sentence, labels, Ground(stored.get("ground", "site_policy")))
