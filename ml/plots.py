"""The card's pictures, drawn from the same report; needs the ``train`` extra."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ml.dataset import LABELS, Dataset, Floats
from ml.evaluate import Report
from ml.labels import Label, Language
from ml.metrics import Metric

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS = 12
BIN_MIN = 20
NAMES = ("areas.svg", "calibration.svg")
INK = "#24476b"
_COLUMNS = {"of", "share", "set", "roc_auc"}


def draw(report: Report, test: Dataset, scores: Floats, folder: Path) -> Sequence[str]:
    """Write the pictures as SVG and return their file names; the same input, the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415 - only the trainer needs it

    mpl.use("svg")
    # A fixed salt names the parts of the drawing alike each time.
    with mpl.rc_context({"svg.hashsalt": "parley", "font.size": 9}):
        _areas(report, folder / NAMES[0])
        _calibration(test, scores, folder / NAMES[1])
    return NAMES


def curves(source: Path, target: Path) -> None:
    """Draw what a table says of quality against the amount of data, one picture per kind of data.

    Args:
        source: CSV with the columns ``of`` (the kind), ``share``, ``set`` and ``roc_auc``.
        target: the SVG to write; the same table, the same bytes.

    Raises:
        OSError: there is no such table.
        ValueError: it is another one.
    """
    try:
        points = _points(source)
    except csv.Error as error:
        raise ValueError(str(error)) from error
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    with mpl.rc_context({"svg.hashsalt": "parley", "font.size": 9}):
        width = 3.6 * len(points)
        figure, pictures = plt.subplots(1, len(points), figsize=(width, 3.4), sharey=True)
        for (kind, lines), axes in zip(points.items(), np.atleast_1d(pictures), strict=True):
            for name, line in lines.items():
                axes.plot(*zip(*line, strict=True), "o-", markersize=3, label=name)
            axes.set_xlabel(kind)
            axes.legend(frameon=False, fontsize=7)
        np.atleast_1d(pictures)[0].set_ylabel("ROC-AUC of toxicity")
        _write(figure, target)


def _points(source: Path) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Return share and ROC-AUC of each measurement, by kind and set, in the order of the table."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    with source.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        if not {*(table.fieldnames or ())} >= _COLUMNS:
            raise ValueError(f"its columns should be {', '.join(sorted(_COLUMNS))}")
        for row in table:
            point = (_number(row["share"], table.line_num), _number(row["roc_auc"], table.line_num))
            found.setdefault(row["of"], {}).setdefault(row["set"], []).append(point)
    if not found:
        raise ValueError("it holds no measurement")
    return found


def _number(cell: str | None, line: int) -> float:
    try:
        return float(cell or "")
    except ValueError:
        raise ValueError(f"line {line} has {cell!r} where a number should be") from None


def _areas(report: Report, path: Path) -> None:
    """Draw ROC-AUC by label and language with its interval."""
    from matplotlib import pyplot as plt  # noqa: PLC0415

    slices = [one for one in report.slices if one.by in ("all", "language")][::-1]
    figure, axes = plt.subplots(figsize=(6.4, 0.24 * len(slices) + 0.9))
    for place, one in enumerate(slices):
        area = one.metrics[Metric.ROC_AUC]
        axes.plot([area.low, area.high], [place, place], color=INK, alpha=0.5)
        axes.plot([area.value], [place], "o", color=INK, markersize=4)
    axes.set_yticks(range(len(slices)), [f"{one.label.value}, {one.name}" for one in slices])
    axes.set_xlabel("ROC-AUC on held-out texts, 95 % interval")
    _write(figure, path)


def _calibration(test: Dataset, scores: Floats, path: Path) -> None:
    """Draw what share is toxic among texts of each score, for English and Russian."""
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(4.6, 4.4))
    axes.plot([0, 1], [0, 1], color="#999", linewidth=1)
    target = test.target(Label.TOXICITY)
    column = scores[:, LABELS.index(Label.TOXICITY)]
    for language, style in ((Language.ENGLISH, "o-"), (Language.RUSSIAN, "s--")):
        spoken = np.array([one is language for one in test.languages], bool) & ~np.isnan(target)
        points = _reliability(column[spoken], target[spoken])
        if points:
            axes.plot(*zip(*points, strict=True), style, color=INK, label=language, markersize=4)
    axes.set_xlabel("toxicity as scored")
    axes.set_ylabel("share that is toxic")
    axes.legend(frameon=False)
    _write(figure, path)


def _reliability(scores: Floats, truths: Floats) -> list[tuple[float, float]]:
    """Return mean score and share of yes for each bin of equal width that has texts enough."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        (float(scores[bins == one].mean()), float(truths[bins == one].mean()))
        for one in range(BINS)
        if (bins == one).sum() >= BIN_MIN
    ]


def _write(figure: "Figure", path: Path) -> None:
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
