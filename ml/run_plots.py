"""Pictures of a run, as SVG to stand in a page: the same numbers, the same bytes."""

from collections.abc import Callable, Sequence
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from ml.comparison import Bools, Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHAMPION, CHALLENGER = "#8a8a8a", "#24476b"
_BINS, _BIN_MIN = 10, 10

Draw = Callable[["Axes"], None]


def precision_recall(scores: Sequence[Floats], truths: Bools, weights: Floats) -> str:
    """Draw precision over recall of champion and challenger."""

    def draw(axes: "Axes") -> None:
        for values, name, color in _both(scores):
            order = np.argsort(-values, kind="stable")
            hits = np.cumsum((weights * truths)[order])
            everything = np.cumsum(weights[order])
            axes.plot(hits / hits[-1], hits / everything, color=color, label=name)
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(frameon=False, loc="lower left")

    return _svg(draw)


def receiver_operating(scores: Sequence[Floats], truths: Bools, weights: Floats) -> str:
    """Draw true over false positives of champion and challenger."""

    def draw(axes: "Axes") -> None:
        for values, name, color in _both(scores):
            order = np.argsort(-values, kind="stable")
            hits = np.cumsum((weights * truths)[order])
            false = np.cumsum((weights * ~truths)[order])
            axes.plot(false / false[-1], hits / hits[-1], color=color, label=name)
        axes.plot([0, 1], [0, 1], color="#ddd", linewidth=1)
        axes.set(xlabel="false positives", ylabel="true positives", xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(frameon=False, loc="lower right")

    return _svg(draw)


def reliability(scores: Sequence[Floats], truths: Bools, weights: Floats) -> str:
    """Draw which share was rejected among texts of each score, for champion and challenger."""

    def draw(axes: "Axes") -> None:
        axes.plot([0, 1], [0, 1], color="#ddd", linewidth=1)
        for values, name, color in _both(scores):
            points = _points(values, truths, weights)
            axes.plot([x for x, _ in points], [y for _, y in points], "o-", color=color, label=name)
        axes.set(xlabel="as scored", ylabel="share rejected", xlim=(0, 1), ylim=(0, 1))
        axes.legend(frameon=False, loc="upper left")

    return _svg(draw)


def lines(
    x: Sequence[float],
    curves: Sequence[tuple[str, str, Sequence[float]]],
    *,
    xlabel: str,
    ylabel: str,
) -> str:
    """Draw curves, each with its name and color, over the same places."""

    def draw(axes: "Axes") -> None:
        for name, color, values in curves:
            axes.plot(x, values, "o-", color=color, label=name, markersize=3)
        axes.set(xlabel=xlabel, ylabel=ylabel)
        axes.legend(frameon=False)

    return _svg(draw, size=(6.4, 3.6))


def _both(scores: Sequence[Floats]) -> list[tuple[Floats, str, str]]:
    names = (("champion", CHAMPION), ("challenger", CHALLENGER))
    return [(values, name, color) for values, (name, color) in zip(scores, names, strict=True)]


def _points(scores: Floats, truths: Bools, weights: Floats) -> list[tuple[float, float]]:
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    found = []
    for one in range(_BINS):
        inside = bins == one
        if inside.sum() >= _BIN_MIN:
            weight = weights[inside]
            said = float(np.average(scores[inside], weights=weight))
            found.append((said, float(np.average(truths[inside], weights=weight))))
    return found


def _svg(draw: Draw, *, size: tuple[float, float] = (4.2, 3.6)) -> str:
    import matplotlib as mpl  # noqa: PLC0415 - slow, and only reports need it
    from matplotlib.figure import Figure  # noqa: PLC0415

    # A fixed salt names the parts of the drawing alike each time; text stays text.
    with mpl.rc_context({"svg.hashsalt": "parley", "font.size": 9, "svg.fonttype": "none"}):
        figure = Figure(figsize=size)
        draw(figure.subplots())
        drawn = StringIO()
        figure.savefig(
            drawn, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None}
        )
    picture = drawn.getvalue()
    return picture[picture.index("<svg") :]
