"""Which pieces of a comment carried the scores for which it is here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ml.labels import Label
from service.review.measures import LabelScore

_MOST = 8


class Piece(Protocol):
    """A span of the text, in code points, and what it adds to a label's logit."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    @property
    def contribution(self) -> float: ...


class Explanation(Protocol):
    """What a classifier says of its own scores."""

    @property
    def top(self) -> Mapping[Label, Sequence[Piece]]:
        """The strongest pieces of each supported label."""


@runtime_checkable
class Explainer(Protocol):
    """A classifier that can say why, as the one that ships can."""

    def explain(self, text: str, *, top: int = 5) -> Explanation: ...


@dataclass(frozen=True, slots=True)
class Highlight:
    """A span of the text, in code points, and the label whose score it raised most."""

    start: int
    end: int
    label: Label
    contribution: float


def highlights(explainer: Explainer, text: str, scores: Sequence[LabelScore]) -> list[Highlight]:
    """Return the pieces that raised the scores that matter, in the order of the text."""
    labels = that_matter(scores)
    top = explainer.explain(text, top=_MOST).top
    strongest: dict[tuple[int, int], Highlight] = {}
    for label in labels:
        for piece in top.get(label, ()):
            span = (piece.start, piece.end)
            known = strongest.get(span)
            if known is None or known.contribution < piece.contribution:
                strongest[span] = Highlight(*span, label, piece.contribution)
    return sorted(strongest.values(), key=lambda each: (each.start, each.end))


def that_matter(scores: Sequence[LabelScore]) -> list[Label]:
    """Return the labels over their threshold for holding, or else the one that came nearest."""
    scored = [(each, each.score) for each in scores if each.score is not None]
    over = [each.label for each, score in scored if each.hold is not None and score >= each.hold]
    if over or not scored:
        return over
    return [max(scored, key=lambda pair: pair[1])[0].label]
