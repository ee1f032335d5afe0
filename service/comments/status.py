"""Where a comment stands, and the moves between these places. Standard library only."""

from enum import StrEnum


class Status(StrEnum):
    """``pending`` waits for a worker, ``held`` for a moderator; ``withdrawn`` is final."""

    PENDING = "pending"
    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


# A rejected comment does not become pending: an edit never lifts a rejection, a person does.
MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset(Status),
    Status.HELD: frozenset(Status),
    Status.APPROVED: frozenset(Status),
    Status.REJECTED: frozenset(Status) - {Status.PENDING},
    Status.WITHDRAWN: frozenset(),
}


def may_become(current: Status, wanted: Status) -> bool:
    """Say whether a decision may move a comment from ``current`` to ``wanted``."""
    return wanted in MOVES[current]
