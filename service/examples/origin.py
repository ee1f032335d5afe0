"""Where a label comes from, and who stands behind it. Standard library only."""

from enum import StrEnum


class Origin(StrEnum):
    """The door through which a label came."""

    PERSPECTIVE = "perspective"
    AKISMET = "akismet"


class Trust(StrEnum):
    """Who stands behind a label, as far as we can tell."""

    MODERATOR = "moderator"
    SITE = "site"
