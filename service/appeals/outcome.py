"""What becomes of an appeal. Standard library only."""

from enum import StrEnum


class AppealState(StrEnum):
    """``moot``: the comment was decided anew, or withdrawn, before anybody read the appeal."""

    WAITING = "waiting"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    MOOT = "moot"


class Outcome(StrEnum):
    """What whoever reads an appeal decides about the decision that it is about."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"

    @property
    def state(self) -> AppealState:
        return AppealState(self.value)
