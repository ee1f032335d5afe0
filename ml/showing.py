"""What ``python -m ml`` shows: bars while something lasts, and a text explained as a table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from ml.evaluate import Judged, Score
from ml.explain import Explanation
from ml.labels import Label, Language
from ml.predict import Prediction

# So many texts are judged between two steps of a bar: a second or two where most are unclear.
_AT_ONCE = 256
_PIECES = 5


class Steps:
    """Shows each step that it is told of, and a bar below it for what is counted."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._step: TaskID | None = None

    def __call__(self, description: str) -> None:
        self.over()
        self._step = self._bars.add_task(description, total=None, counted="")

    def over(self) -> None:
        """End the step under way, if one is."""
        if self._step is not None:
            self._bars.update(self._step, total=1, completed=1)

    @contextmanager
    def counting(self, total: int) -> Iterator[Callable[[int], None]]:
        """Show a bar for ``total`` texts; what is yielded is told how many more are done."""
        counted = f"of {total:,} texts"
        task = self._bars.add_task("  judging", total=total, counted=counted)

        def advance(more: int) -> None:
            self._bars.advance(task, more)

        try:
            yield advance
        finally:
            self._bars.remove_task(task)


@contextmanager
def steps(console: Console) -> Iterator[Steps]:
    """Show the steps of something that lasts."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[counted]}"),
        TimeElapsedColumn(),
        console=console,
    ) as bars:
        found = Steps(bars)
        yield found
        found.over()


def with_bar(score: Score, step: Steps) -> Score:
    """Return what judges the same, and shows how far it is."""

    def judged(texts: Sequence[str]) -> Judged:
        parts = []
        with step.counting(len(texts)) as advance:
            for first in range(0, max(len(texts), 1), _AT_ONCE):
                part = texts[first : first + _AT_ONCE]
                parts.append(score(part))
                advance(len(part))
        languages = [language for part in parts for language in part.languages]
        return Judged(np.concatenate([part.scores for part in parts]), languages)

    return judged


def explained(prediction: Prediction, found: Explanation) -> Table | str:
    """Return each label's score and what carried it, and which labels the language lacks."""
    language = prediction.language
    heard = f"{language}, {prediction.language_probability:.0%} sure"
    if not prediction.scores:
        known = " Where you know the language: --language." if language is Language.OTHER else ""
        return f"{heard}: not supported. No label can be scored in this language.{known}"
    tier = "second tier" if prediction.by_second_tier else "first tier"
    table = Table("label", "score", "carried by", title=f"{heard}; {tier}, {found.method}")
    for label, score in sorted(prediction.scores.items(), key=lambda pair: -pair[1]):
        pieces = found.labels[label].strongest(_PIECES) if label in found.labels else ()
        carried = "  ".join(f"{piece.text!r} {piece.contribution:+.2f}" for piece in pieces)
        table.add_row(label.value, f"{score:.3f}", escape(carried))
    for label in Label:
        if label not in prediction.scores:
            table.add_row(label.value, "–", "not supported", style="dim")
    return table
