"""Our probabilities on Perspective's scale, so that an old threshold holds the same share.

``docs/dialects.md`` says how the line was measured, and on what.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from ml.labels import Label


class Line(NamedTuple):
    """old log-odds = slope · log-odds + offset; the slope is positive, so that order is kept."""

    slope: float
    offset: float


_AS_IT_IS: Final = Line(1.0, 0.0)
# By tests/bench/old_scale.py, on 1,999 rated comments of news sites. The other labels have no
# ratings to draw a line by, and stay as they are.
LINES: Final[Mapping[Label, Line]] = {Label.TOXICITY: Line(1.022, -0.882)}


def of(label: Label, probability: float) -> float:
    """Return the score that stands for ``probability`` on the old scale, in [0, 1]."""
    line = LINES.get(label, _AS_IT_IS)
    if line is _AS_IT_IS or probability in (0.0, 1.0):
        return probability
    log_odds = line.slope * math.log(probability / (1 - probability)) + line.offset
    return 1 / (1 + math.exp(-log_odds)) if log_odds > 0 else 1 - 1 / (1 + math.exp(log_odds))
