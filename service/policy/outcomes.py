"""What a ruling is: an outcome, every reason that contributed, and how urgent it is."""

from dataclasses import dataclass
from enum import IntEnum

# Of what cannot be weighed by a probability.
URGENCY_UNKNOWN = 0.5


class Outcome(IntEnum):
    """What is to be done with a comment; stricter is greater."""

    APPROVE = 0
    HOLD = 1
    REJECT = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code and a sentence, the outcome it asks for, and how much it weighs."""

    outcome: Outcome
    code: str
    sentence: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome, every reason that contributed with the deciding one first, and the urgency.

    ``urgency``, in [0, 1], orders what waits for a person: the highest probability of any harm.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    urgency: float
