"""``python -m ml``: train the shipped model, evaluate it, write its card."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from ml import artifact, card, corpora, defaults, page, plots
from ml.artifact import Artifact, ArtifactError
from ml.bars import measure_bars
from ml.dataset import LABELS, Dataset, Floats, Split, gather, join, without_doubles
from ml.evaluate import Score, evaluate
from ml.pipeline import Params
from ml.predict import Predictor
from ml.train import fit

MODELS = Path(__file__).parent / "models"
PAGE = Path("build") / "errors.html"  # ignored by git: it shows texts of the corpora
VARIABLE = "PARLEY_CORPORA"

# Less penalty than the default, so that our few sentences weigh in (see docs/model). Calibration
# has a side of the data to itself, so hardly anything is kept back inside.
PARAMS = Params(penalty=0.25, rarity=1.0, calibration_share=0.01)

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
console = Console()

CorporaFolder = Annotated[
    Path | None,
    typer.Option(
        "--corpora", help="Folder of the public corpora.", envvar=VARIABLE, show_envvar=True
    ),
]
Models = Annotated[
    Path, typer.Option(help="Folder of the model and its card.", show_default="ml/models")
]
Seed = Annotated[int, typer.Option(help="Decides every draw.")]


@app.command()
def train(folder: CorporaFolder = None, models: Models = MODELS, seed: Seed = 1) -> None:
    """Train on the shippable corpora; write the model and its card."""
    root = _folder(folder)
    data = _gathered(root)
    with _steps() as step:
        trained = fit(data, PARAMS, seed, progress=step)
        path = models / "parley.model"
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = trained.save(path)
    loaded = artifact.load(path, expected=digest)
    console.print(f"{path} [bold]{digest}[/] {path.stat().st_size / 2**20:.1f} MB")
    _report(loaded, data, root, models, seed)


@app.command("evaluate")
def evaluate_model(folder: CorporaFolder = None, models: Models = MODELS, seed: Seed = 1) -> None:
    """Measure the model on the side of the corpora that it never saw, and on the suites."""
    root = _folder(folder)
    _report(_loaded(models), _gathered(root), root, models, seed)


def _report(loaded: Artifact, data: Dataset, root: Path, models: Path, seed: int) -> None:
    with _steps() as step:
        step("measuring on texts that were never learned from")
        limits = defaults.from_plain(loaded.info.training[defaults.KEY])
        holds = {label: limit.hold for label, limit in limits.items()}
        test, score = data.part(Split.TEST), _score(loaded)
        report = evaluate(score, test, holds, seed=seed, version=loaded.digest)
        step("measuring what was wanted")
        bars = measure_bars(score, test, holds, root, seed=seed)
        step("writing the card")
        scores = score(test.texts)
        drawn = plots.draw(report, test, scores, models)
        (models / "report.json").write_text(card.as_json(report), encoding="utf-8")
        (models / "CARD.md").write_text(
            card.render(report, loaded.info, bars, drawn), encoding="utf-8"
        )
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page.render(test, scores, holds, version=loaded.digest), encoding="utf-8")
    console.print(card.summary(report))
    console.print(f"The worst errors, to read and not to publish: {PAGE}")


def _folder(named: Path | None) -> Path:
    if named is None:
        raise _refusal(
            f"Name the folder of the corpora: --corpora PATH, or the variable {VARIABLE}."
        )
    try:
        corpora.check_folder(named)
    except corpora.CorporaMissing as missing:
        source = "--corpora" if os.environ.get(VARIABLE) != str(named) else VARIABLE
        raise _refusal(f"{missing} (named by {source}).") from missing
    return named


def _loaded(models: Path) -> Artifact:
    try:
        return artifact.load(models / "parley.model")
    except ArtifactError as refused:
        raise _refusal(str(refused)) from refused


def _refusal(message: str) -> typer.Exit:
    console.print(f"[red]{message}[/]", soft_wrap=True)
    return typer.Exit(2)


def _gathered(root: Path) -> Dataset:
    """Read the training corpora with a bar, warn of changed files, and drop doubles."""
    wanted = corpora.training_corpora()
    parts = []
    with Progress(console=console, transient=True) as bars:
        task = bars.add_task("reading corpora", total=len(wanted) + 1)
        for corpus in wanted:
            try:
                parts += list(gather(root, [corpus]))
            except corpora.CorporaMissing as missing:
                raise _refusal(f"{missing}.") from missing
            for file in corpus.changed_files(root):
                console.print(f"[yellow]{corpus.name}: {file} is not the file the card names[/]")
            bars.advance(task)
        bars.update(task, description="dropping doubles")
        data = without_doubles(join(parts))
        bars.advance(task)
    console.print(f"{sum(map(len, parts)):,} texts, {len(data):,} without doubles")
    return data


def _score(loaded: Artifact) -> Score:
    """Score as the service does: a label that a text's language does not support counts as 0."""
    predictor = Predictor(loaded)

    def score(texts: Sequence[str]) -> Floats:
        found = predictor.predict(list(texts))
        return np.array([[one.scores.get(label, 0.0) for label in LABELS] for one in found])

    return score


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
    ) as bars:
        tasks: list[TaskID] = []

        def step(description: str) -> None:
            for task in tasks[-1:]:
                bars.update(task, total=1, completed=1)
            tasks.append(bars.add_task(description, total=None))

        yield step
        for task in tasks[-1:]:
            bars.update(task, total=1, completed=1)


if __name__ == "__main__":
    app()
