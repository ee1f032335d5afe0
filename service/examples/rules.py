"""What must be true of a labelled example, and how much it counts. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from ml.labels import Label, Language
from service.examples.errors import ExampleMeaningless
from service.examples.origin import Origin, Trust

TOKEN_MAX_CHARS = 200
# An approval says that none of the labels holds.
NONE_OF_THEM: Mapping[Label, float] = MappingProxyType(dict.fromkeys(Label, 0.0))
# The site as a whole, where nobody says who in it has spoken.
SITE = "site"
OF_MODERATOR = "moderator:"

# A decision made for hundreds at once was read less closely; a blind one, more closely.
_BY_ORIGIN: Mapping[Origin, float] = MappingProxyType(
    {
        Origin.DECISION: 1.0,
        Origin.BULK: 0.3,
        Origin.AUDIT: 2.0,
        Origin.APPEAL: 2.0,
        # A word or two out of their sentence, and a comment has several.
        Origin.HIGHLIGHT: 0.3,
        Origin.PERSPECTIVE: 0.8,
        Origin.AKISMET: 0.8,
        # Most of what another system published, nobody there had looked at.
        Origin.IMPORT: 0.3,
    }
)
_BY_TRUST: Mapping[Trust, float] = MappingProxyType({Trust.MODERATOR: 1.0, Trust.SITE: 0.5})


def weight_of(origin: Origin, trust: Trust) -> float:
    """Return how much an example counts beside a moderator's decision on one comment, which is 1.

    What the selection of comments and the caps make of it comes on top, when one learns from it.
    """
    return _BY_ORIGIN[origin] * _BY_TRUST[trust]


def moderator(moderator_id: UUID) -> str:
    """Return the name by which a moderator's labels are told from others'."""
    return f"{OF_MODERATOR}{moderator_id}"


def reporter(name: str) -> str:
    """Return the name of somebody whom a client names; what the client calls them is not kept."""
    return f"reporter:{hashlib.sha256(name.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Taught:
    """What a person says of one text of a comment of ours.

    Attributes:
        comment_id: the comment.
        site_id: its site.
        revision: which of its texts was judged.
        labels: probabilities by label, what is not there is not judged; empty: nothing is said of
            the text's tone.
        origin: the door through which it came.
        sender: who says so, see ``moderator``.
        inclusion: with which probability the comment was drawn to be judged, in (0, 1].
    """

    comment_id: UUID
    site_id: UUID
    revision: int
    labels: Mapping[Label, float]
    origin: Origin
    sender: str
    inclusion: float = 1.0

    def __post_init__(self) -> None:
        if not all(0 <= each <= 1 for each in self.labels.values()):
            raise ExampleMeaningless("A label lies between 0 and 1.")
        if not 0 < self.inclusion <= 1:
            raise ExampleMeaningless("An inclusion probability lies above 0, and is at most 1.")


@dataclass(frozen=True, slots=True)
class Judged:
    """A text and what is said of it; ``token`` is the client's own name for it, if it has one."""

    text: str
    labels: Mapping[Label, float]
    language: Language
    origin: Origin
    trust: Trust
    token: str | None = None
    sender: str = SITE

    def __post_init__(self) -> None:
        if not self.text.strip() or "\0" in self.text:
            raise ExampleMeaningless("An example needs a text that can be stored.")
        if not self.labels or not all(0 <= each <= 1 for each in self.labels.values()):
            raise ExampleMeaningless("An example needs a label, each between 0 and 1.")

    @property
    def subject(self) -> str:
        """What the judgement is about: a later one on the same takes its place."""
        if self.token and len(self.token) <= TOKEN_MAX_CHARS and "\0" not in self.token:
            return f"token:{self.token}"
        named = self.text if not self.token else self.token
        kind = "text" if not self.token else "long-token"
        return f"{kind}:{hashlib.sha256(named.encode()).hexdigest()}"
