"""One comment of another system's export, and what may be wrong with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ml.labels import Label


class Past(StrEnum):
    """What became of a comment where it comes from; ``unknown`` is left to who imports."""

    APPROVED = "approved"
    REJECTED = "rejected"
    HELD = "held"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """A comment to be imported.

    ``place`` says where it stands in the file, for people. ``labels`` are what its fate says of its
    text, probabilities by label; None: its fate says so by itself.
    """

    place: str
    external_id: str
    article_id: str
    article_url: str
    article_title: str
    author_name: str
    body: str
    created_at: datetime
    past: Past = Past.UNKNOWN
    author_id: str | None = None
    author_email: str | None = None
    parent_id: str | None = None
    reason: str | None = None
    labels: Mapping[Label, float] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was left out, or what was changed in it; ``is_left_out`` says which."""

    place: str
    detail: str
    is_left_out: bool = True


@dataclass(slots=True)
class Tally:
    """What came of an import so far."""

    read: int = 0
    stored: int = 0
    again: int = 0
    left_out: int = 0
    taught: int = 0
    by_past: dict[str, int] = field(default_factory=dict)
