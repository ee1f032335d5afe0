"""What is measured of a site's comments, and from when it is an alarm. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

# Fewer comments than these on either side say nothing.
COMMENTS_MIN: Final = 200
JUDGED_MIN: Final = 50
# Siddiqi 2006: from a quarter, a population is another one.
INDEX_BOUND: Final = 0.25
SHARE_BOUND: Final = 0.10
# Where the same is spoken of, half; where everybody speaks of politics at once, nearly nine tenths.
TOPIC_BOUND: Final = 0.75

LINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "scores": "The scores lie elsewhere than when this model version began: the stability"
        " index is {index}, and {bound} is another population.",
        "languages": "The languages are mixed otherwise than when this model version began: the"
        " stability index is {index}, and {bound} is another population.",
        "topic": "Comments speak of other things than at the beginning: their words tell them"
        " apart in {share} of pairs, where half would be chance.",
        "held": "A share of comments is held that is far from the one at the beginning: {now}"
        " instead of {before}.",
        "disagreement": "Moderators decide against the scores more often than at the beginning:"
        " {now} instead of {before}.",
        "unseen": "Comments have more words that this model version never met: {now} instead of"
        " {before}.",
    }
)


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured; None where there was too little of it.

    ``scores`` and ``languages`` are population stability indices; the others are shares, each at
    the beginning and now. ``topic`` says how well words tell comments of now from those before: the
    area under the ROC curve, 0.5 not at all.
    """

    comments: int
    scores: float | None = None
    languages: float | None = None
    held: tuple[float, float] | None = None
    disagreement: tuple[float, float] | None = None
    unseen: tuple[float, float] | None = None
    topic: float | None = None

    def stored(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when a measure is an alarm."""

    index: float = INDEX_BOUND
    share: float = SHARE_BOUND
    topic: float = TOPIC_BOUND


def alarms(measures: Measures, bounds: Bounds | None = None) -> dict[str, str]:
    """Return a sentence for each measure that is beyond its bound, by the measure's name."""
    return dict(_found(measures, bounds or Bounds()))


def _found(measures: Measures, bounds: Bounds) -> Iterator[tuple[str, str]]:
    indices: Mapping[str, float | None] = {
        "scores": measures.scores,
        "languages": measures.languages,
    }
    for name, index in indices.items():
        if index is not None and index >= bounds.index:
            yield name, LINES[name].format(index=f"{index:.2f}", bound=f"{bounds.index:.2f}")
    if measures.topic is not None and measures.topic >= bounds.topic:
        yield "topic", LINES["topic"].format(share=f"{measures.topic:.0%}")
    shares = {
        "held": measures.held,
        "disagreement": measures.disagreement,
        "unseen": measures.unseen,
    }
    for name, share in shares.items():
        if share is None:
            continue
        before, now = share
        # Fewer held, fewer new words, more agreement: only the first of these may be a bad sign.
        moved = abs(now - before) if name == "held" else now - before
        if moved >= bounds.share:
            yield name, LINES[name].format(now=f"{now:.0%}", before=f"{before:.0%}")
