"""Which pieces of a comment carried the scores for which it is here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from ml.explanation_method import ExplanationMethod
from ml.labels import Label, Language
from service.examples.tables import LabelledExample
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

    @property
    def method(self) -> ExplanationMethod: ...


@runtime_checkable
class Explainer(Protocol):
    """A classifier that can say why, as the one that ships can."""

    def explain(self, text: str, *, top: int = 5, hint: Language | None = None) -> Explanation: ...


@dataclass(frozen=True, slots=True)
class Highlight:
    """A span of the text, in code points, and the label whose score it raised most."""

    start: int
    end: int
    label: Label
    contribution: float
    method: ExplanationMethod


@dataclass(frozen=True, slots=True)
class Told:
    """A highlight, and what a moderator said of it, if anybody has.

    ``contribution`` and ``method`` are None where the classifier does not name the piece, or does
    not any more.
    """

    start: int
    end: int
    label: Label
    contribution: float | None = None
    method: ExplanationMethod | None = None
    is_right: bool | None = None
    by: str | None = None
    is_own: bool = False


def highlights(
    explainer: Explainer,
    text: str,
    scores: Sequence[LabelScore],
    *,
    hint: Language | None = None,
) -> list[Highlight]:
    """Return the pieces that raised the scores that matter, in the order of the text.

    ``hint`` is what the sender said of the language: it was heard when the text was scored.
    """
    labels = that_matter(scores)
    explanation = explainer.explain(text, top=_MOST, hint=hint)
    strongest: dict[tuple[int, int], Highlight] = {}
    for label in labels:
        for piece in explanation.top.get(label, ()):
            span = (piece.start, piece.end)
            known = strongest.get(span)
            if known is None or known.contribution < piece.contribution:
                strongest[span] = Highlight(*span, label, piece.contribution, explanation.method)
    return sorted(strongest.values(), key=lambda each: (each.start, each.end))


def told(
    found: Sequence[Highlight],
    said: Sequence[LabelledExample],
    names: Mapping[str, str],
    *,
    reader: str,
) -> list[Told]:
    """Return the pieces with what was said of them, in the order of the text.

    Args:
        found: what the classifier names.
        said: what was said of pieces of the same text.
        names: of those who said it, by sender.
        reader: the sender whose own words are marked as such.
    """
    by_piece = {
        (each.start, each.end, each.label): Told(
            each.start, each.end, each.label, each.contribution, each.method
        )
        for each in found
    }
    for each in said:
        assert each.span_start is not None and each.span_end is not None  # noqa: S101, PT018 - of pieces
        ((name, value),) = each.labels.items()
        key = (each.span_start, each.span_end, Label(name))
        known = by_piece.get(key, Told(*key))
        by_piece[key] = replace(
            known,
            is_right=value > 0,
            by=names.get(each.sender),
            is_own=each.sender == reader,
        )
    return sorted(by_piece.values(), key=lambda each: (each.start, each.end, each.label))


def that_matter(scores: Sequence[LabelScore]) -> list[Label]:
    """Return the labels over their threshold for holding, or else the one that came nearest."""
    scored = [(each, each.score) for each in scores if each.score is not None]
    over = [each.label for each, score in scored if each.hold is not None and score >= each.hold]
    if over or not scored:
        return over
    return [max(scored, key=lambda pair: pair[1])[0].label]
