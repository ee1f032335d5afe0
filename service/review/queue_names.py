"""The queues and their orders, by name. Standard library only."""

from enum import StrEnum


class Queue(StrEnum):
    """Where a comment waits for a person; ``recent`` holds what moderators decided."""

    HELD = "held"
    UNCERTAIN = "uncertain"
    REPORTED = "reported"
    NOTICES = "notices"
    APPEALS = "appeals"
    AUDIT = "audit"
    DISAGREEMENT = "disagreement"
    ESCALATED = "escalated"
    RECENT = "recent"


class Sort(StrEnum):
    """``highest`` and ``lowest`` go by the probability of harm, ``nearest`` by the margin."""

    PRIORITY = "priority"
    OLDEST = "oldest"
    NEWEST = "newest"
    HIGHEST = "highest"
    LOWEST = "lowest"
    NEAREST = "nearest"


# What waits in these is held, and can be put in any order.
OF_HELD = frozenset({Queue.HELD, Queue.UNCERTAIN, Queue.ESCALATED})
