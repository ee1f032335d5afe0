"""What is said of an operating point: from what its threshold was solved, and what was shown. Pure.

Whole lines, so that pages can tell them in other languages (see ``service/wording.py``).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ml.thresholds import Automatic


class Source(StrEnum):
    """Whose labelled scores a threshold was solved from."""

    OWN = "own"
    BUNDLED = "bundled"
    ADVISED = "advised"


_OWN: Final = "From {{own}} comments that this site's moderators {done}"
_BUNDLED: Final = (
    "From Parley's own evaluation, since this site's moderators have {done} {{own}} such comments"
    " and {{needed}} are needed"
)
_ADVISED: Final = (
    "This site's moderators have {done} {{own}} such comments, {{needed}} are needed, and no"
    " evaluation of this model version is at hand"
)
_SOLVED: Final = (
    ": {side} {{threshold}} comments are {done} unseen; of a hundred {{observed}} would be"
    " rejected, and with confidence {most} {{bound}}."
)
_ADVICE: Final = ": {side} {{threshold}}, as it advises itself; nothing is promised yet."
_NONE: Final = ": no threshold is shown to keep the promise, so none is {done} unseen."
_NO_ADVICE: Final = ": so none is {done} unseen."


def _points(done: str, side: str, most: str) -> Mapping[Source, tuple[str, str, str]]:
    """Return, by what a threshold rests on, the beginning of its line and its two endings."""
    told = {
        Source.OWN: (_OWN, _SOLVED, _NONE),
        Source.BUNDLED: (_BUNDLED, _SOLVED, _NONE),
        Source.ADVISED: (_ADVISED, _ADVICE, _NO_ADVICE),
    }
    return {
        source: tuple(each.format(done=done, side=side, most=most) for each in lines)  # type: ignore[misc] # of three, three
        for source, lines in told.items()
    }


# What an operating point was solved from and what was shown: with a threshold, or with none.
POINTS: Final[Mapping[Automatic, Mapping[Source, tuple[str, str, str]]]] = MappingProxyType(
    {
        Automatic.REJECT: _points("rejected", "from", "at least"),
        Automatic.APPROVE: _points("approved", "below", "at most"),
    }
)
LINES: Final = tuple(
    basis + ending
    for sources in POINTS.values()
    for basis, *endings in sources.values()
    for ending in endings
)
