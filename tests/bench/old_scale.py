"""Which line lays our probability of toxicity on Perspective's scale. Needs the corpora.

    PARLEY_CORPORA=… python -m tests.bench.old_scale

Perspective's score was made to mean the share of readers who find a text toxic. So on texts that
several people rated, the line is drawn through the probabilities that as many texts reach as reach
a share of one half, and of four fifths, of their raters. The other shares judge the line.
"""

import csv
import os
import random
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from ml.labels import Label
from ml.predict import Predictor
from service.dialects.old_scale import LINES, Line, of

_SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)
_DRAWN_THROUGH = (0.5, 0.8)
_RATERS_MIN = 5
_TEXTS_MAX = 2000
_KINDS = ("identity_hate", "obscene", "threat", "insult")
Floats = npt.NDArray[np.float64]
Rated = dict[str, float]


def newsroom(folder: Path) -> Rated:
    """Return readers' comments of news sites, each with the share that found it toxic."""
    path = folder / "civil_comments_toxic_spans" / "comments_labeled_derived.csv"
    with path.open(encoding="utf-8") as rows:
        return {row["text"]: float(row["toxicity"]) for row in csv.DictReader(rows)}


def talk_pages(folder: Path) -> Rated:
    """Return Wikipedia's talk, each text with the share that found any kind of abuse in it."""
    votes = defaultdict(list)
    with (folder / "jigsaw_wiki_multilabel" / "sample_training_data.csv").open() as rows:
        for row in csv.DictReader(rows):
            votes[row["_unit_id"]].append(any(int(row[kind] or 0) for kind in _KINDS))
    path = folder / "jigsaw_wiki_multilabel" / "sample_comment_text.csv"
    with path.open(encoding="utf-8") as rows:
        return {
            row["comment_text"]: float(np.mean(votes[row["_unit_id"]]))
            for row in csv.DictReader(rows)
            if len(votes[row["_unit_id"]]) >= _RATERS_MIN
        }


def probabilities(predictor: Predictor, rated: Rated) -> tuple[Floats, Floats]:
    """Return our probability of each text that has one, and what its raters said."""
    found = [
        (prediction.scores[Label.TOXICITY], share)
        for prediction, share in zip(predictor.predict(list(rated)), rated.values(), strict=True)
        if Label.TOXICITY in prediction.scores
    ]
    ours, theirs = np.array(found).T
    return ours, theirs


def draw(ours: Floats, theirs: Floats) -> Line:
    """Return the line through the two points where as many texts lie above."""
    places = [np.quantile(ours, 1 - (theirs >= share).mean()) for share in _DRAWN_THROUGH]
    low, high = (float(np.log(place / (1 - place))) for place in places)
    wanted_low, wanted_high = (float(np.log(s / (1 - s))) for s in _DRAWN_THROUGH)
    slope = (wanted_high - wanted_low) / (high - low)
    return Line(round(slope, 3), round(wanted_low - slope * low, 3))


def main() -> None:
    if "PARLEY_CORPORA" not in os.environ:
        sys.exit("PARLEY_CORPORA names the folder of the corpora")
    folder = Path(os.environ["PARLEY_CORPORA"]) / "raw"
    predictor = Predictor.bundled()
    draw_from = random.Random(1)  # noqa: S311 - no secret
    console = Console()
    console.print(f"model {predictor.version}")
    for name, rated in (("newsroom", newsroom(folder)), ("talk pages", talk_pages(folder))):
        # Nearly all of these go to the second tier, some thirty a second.
        texts = draw_from.sample(sorted(rated), min(_TEXTS_MAX, len(rated)))
        ours, theirs = probabilities(predictor, {text: rated[text] for text in texts})
        mapped = np.array([of(Label.TOXICITY, float(each)) for each in ours])
        table = Table("threshold", "raters", "as it is", "on the old scale", title=name)
        for share in _SHARES:
            reached = [(values >= share).mean() for values in (theirs, ours, mapped)]
            table.add_row(f"{share}", *(f"{100 * each:.1f} %" for each in reached))
        console.print(table)
        console.print(f"{len(ours)} texts; drawn here: {draw(ours, theirs)}; in use: {LINES}")


if __name__ == "__main__":
    main()
