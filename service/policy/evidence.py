"""All that is known of a comment when it is ruled on. Pure values; gathered elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ml.labels import Label, Language
from service.authors.sanction_kind import SanctionKind
from service.policy.text_evidence import TextEvidence


class Counted(StrEnum):
    """Whose comments a flood is counted by."""

    AUTHOR = "author"
    NETWORK = "network"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What became of the author's comments on this site, and what is known of the author.

    ``recent_rejected`` counts, among the last ones that the policy asks about, and only if it does.
    """

    approved: int = 0
    rejected: int = 0
    recent_rejected: int = 0
    sanction: SanctionKind | None = None
    has_throwaway_email: bool = False
    is_allowed: bool = False


@dataclass(frozen=True, slots=True)
class ArticleState:
    """Where the discussion stands: its age, and whether a person is to see each comment first."""

    age: timedelta = timedelta(0)
    is_pre_moderated: bool = False


@dataclass(frozen=True, slots=True)
class CopyCounts:
    """How often this text has come within the window, this time included."""

    exact: int = 1
    near: int = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a ruling rests on; what the policy does not ask about may be left out.

    ``scores`` holds the labels that the model supports in the text's language; it is None when no
    score could be had at all. ``floods`` holds how many comments came within each window that the
    policy bounds, this one included.
    """

    scores: Mapping[Label, float] | None
    author: AuthorRecord = AuthorRecord()
    language: Language | None = None
    language_probability: float = 0.0
    text: TextEvidence | None = None
    copies: CopyCounts = CopyCounts()
    floods: Mapping[Counted, int] = field(default_factory=dict)
    article: ArticleState = ArticleState()
