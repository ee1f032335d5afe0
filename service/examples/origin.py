"""Where a label comes from, who stands behind it, and why one goes. Standard library only."""

from enum import StrEnum


class Origin(StrEnum):
    """The door through which a label came."""

    DECISION = "decision"
    BULK = "bulk"
    AUDIT = "audit"
    APPEAL = "appeal"
    HIGHLIGHT = "highlight"
    PERSPECTIVE = "perspective"
    AKISMET = "akismet"
    IMPORT = "import"


class Trust(StrEnum):
    """Who stands behind a label, as far as we can tell."""

    MODERATOR = "moderator"
    SITE = "site"


class Removal(StrEnum):
    """Why an example is gone."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    DROPPED = "dropped"


class Cause(StrEnum):
    """What made labels suspicious."""

    CONTRADICTS = "contradicts"
    PATTERN = "pattern"


class QuarantineState(StrEnum):
    """``open`` waits for a lead; nobody learns from what is in it meanwhile."""

    OPEN = "open"
    RELEASED = "released"
    DROPPED = "dropped"
