"""Where a run of retraining stands, and what asked for it. Standard library only."""

from enum import StrEnum


class RunState(StrEnum):
    """What was asked for, the stages of a run in their order, then the ways in which it ends."""

    ASKED = "asked"
    SNAPSHOT = "snapshot"
    TRAIN = "train"
    CALIBRATE = "calibrate"
    EVALUATE = "evaluate"
    GATE = "gate"
    PROMOTED = "promoted"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        return self is not RunState.ASKED and self not in STAGES


STAGES = (
    RunState.SNAPSHOT,
    RunState.TRAIN,
    RunState.CALIBRATE,
    RunState.EVALUATE,
    RunState.GATE,
)


class Cause(StrEnum):
    """What asked for a run."""

    SCHEDULE = "schedule"
    PERSON = "person"
    DRIFT = "drift"


class Part(StrEnum):
    """What an example of a snapshot is for.

    ``apart`` serves nothing: it shares a thread or a text with the test side, and would leak.
    """

    TRAIN = "train"
    CALIBRATE = "calibrate"
    TEST = "test"
    APART = "apart"


PARTS = tuple(Part)


class RescoringState(StrEnum):
    """``waiting`` goes on whenever nothing more urgent is due."""

    WAITING = "waiting"
    DONE = "done"
    STOPPED = "stopped"
