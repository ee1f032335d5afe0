"""What can be laid on an author. A file of its own, so that pure rules can name it."""

from enum import StrEnum


class SanctionKind(StrEnum):
    """What a site's people lay on an author, the mildest first."""

    ALWAYS_HOLD = "always_hold"
    SUSPENDED = "suspended"
    BANNED = "banned"
