"""What ``python -m ml`` works on, corpora and model, and a sentence where something is missing."""

import os
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from ml import artifact, corpora, lexicons
from ml.artifact import Artifact, ArtifactError
from ml.dataset import Dataset, gather, join, without_doubles
from ml.listed import Listed

VARIABLE = "PARLEY_CORPORA"

console = Console()


def refusal(message: str) -> typer.Exit:
    """Say what is missing, and return what ends the command."""
    console.print(f"[red]{escape(message)}[/]", soft_wrap=True)
    return typer.Exit(2)


def warn(message: str) -> None:
    console.print(f"[yellow]{escape(message)}[/]", soft_wrap=True)


def folder(named: Path | None) -> Path:
    if named is None:
        raise refusal(
            f"Name the folder of the corpora: --corpora PATH, or the variable {VARIABLE}."
        )
    try:
        corpora.check_folder(named)
    except corpora.CorporaMissing as missing:
        source = "--corpora" if os.environ.get(VARIABLE) != str(named) else VARIABLE
        raise refusal(f"{missing} (named by {source}).") from missing
    return named


def loaded(models: Path) -> Artifact:
    try:
        return artifact.load(models / "parley.model")
    except ArtifactError as refused:
        raise refusal(str(refused)) from refused


def gathered(root: Path) -> Dataset:
    """Read the training corpora with a bar, warn of changed files, and drop doubles."""
    wanted = corpora.training_corpora()
    parts = []
    with Progress(console=console, transient=True) as bars:
        task = bars.add_task("reading corpora", total=len(wanted) + 1)
        for corpus in wanted:
            try:
                parts += list(gather(root, [corpus]))
            except corpora.CorporaMissing as missing:
                raise refusal(f"{missing}.") from missing
            for file in corpus.changed_files(root):
                warn(f"{corpus.name}: {file} is not the file the card names")
            bars.advance(task)
        bars.update(task, description="dropping doubles")
        data = without_doubles(join(parts))
        bars.advance(task)
    console.print(f"{sum(map(len, parts)):,} texts, {len(data):,} without doubles")
    return data


def words(root: Path, seed: int) -> Dataset:
    try:
        return lexicons.gather(root, seed=seed)
    except corpora.CorporaMissing as missing:
        raise refusal(f"{missing}.") from missing


def listed(root: Path) -> Listed:
    try:
        return lexicons.listed(root)
    except corpora.CorporaMissing as missing:
        raise refusal(f"{missing}.") from missing
