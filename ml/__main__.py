"""``python -m ml``: train the shipped model and its encoder's adapter, measure, explain."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from ml import (
    artifact,
    card,
    defaults,
    encoder,
    inputs,
    labelled_scores,
    page,
    plots,
    stored_report,
)
from ml.adapter import Adapter, AdapterError
from ml.artifact import Artifact
from ml.bars import Bar, measure_bars
from ml.dataset import Dataset, Split
from ml.defaults import Defaults
from ml.encoder import Encoder, EncoderUnavailable, Remembering
from ml.evaluate import Judged, Report, Score, by_slices, evaluate, judge, labelled
from ml.labels import Language
from ml.lack import Lack
from ml.pipeline import Params
from ml.predict import Predictor
from ml.showing import explained, steps, with_bar
from ml.train import fit

MODELS = Path(__file__).parent / "models"
PAGE = Path("build") / "errors.html"  # ignored by git: it shows texts of the corpora

# Less penalty than the default, so that our few sentences weigh in (see docs/model). Calibration
# has a side of the data to itself, so hardly anything is kept back inside.
PARAMS = Params(
    penalty=0.25,
    rarity=1.0,
    calibration_share=0.01,
    own_tables=(Language.ENGLISH, Language.RUSSIAN),
)

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
console = inputs.console

CorporaFolder = Annotated[
    Path | None,
    typer.Option(
        "--corpora", help="Folder of the public corpora.", envvar=inputs.VARIABLE, show_envvar=True
    ),
]
Models = Annotated[
    Path, typer.Option(help="Folder of the model and its card.", show_default="ml/models")
]
Seed = Annotated[int, typer.Option(help="Decides every draw.")]
Blind = Annotated[bool, typer.Option("--blind", help="Measure the blind set too: once a model.")]


@app.command()
def train(
    folder: CorporaFolder = None,
    models: Models = MODELS,
    seed: Seed = 1,
    *,
    blind: Blind = False,
) -> None:
    """Train on the shippable corpora; write the model and its card.

    The worst errors go to build/errors.html, in the folder that you are in.
    """
    root = inputs.folder(folder)
    data, words = inputs.gathered(root), inputs.words(root, seed)
    reading = _encoder()
    with steps(console) as step:
        trained = fit(
            data,
            PARAMS,
            seed,
            words=words,
            listed=inputs.listed(root),
            encoder=reading,
            progress=step,
        )
        path = models / "parley.model"
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = trained.save(path)
    loaded = artifact.load(path, expected=digest)
    console.print(f"{path} [bold]{digest}[/] {path.stat().st_size / 2**20:.1f} MB")
    _report(loaded, reading, data, root=root, models=models, seed=seed, blind=blind)


@app.command("evaluate")
def evaluate_model(
    folder: CorporaFolder = None,
    models: Models = MODELS,
    seed: Seed = 1,
    *,
    blind: Blind = False,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="A quick look at so many texts; the card stays as it is."),
    ] = None,
) -> None:
    """Measure the model on the side of the corpora that it never saw, and on the suites.

    The report and the card are written beside the model; the worst errors, which show texts of the
    corpora, to build/errors.html in the folder that you are in.
    """
    if blind and sample is not None:
        raise inputs.refusal(
            "The blind set is measured with all texts or not at all: leave out --sample."
        )
    root = inputs.folder(folder)
    loaded, data = inputs.loaded(models), inputs.gathered(root)
    if sample is not None:
        _look(loaded, _encoder(), data.part(Split.TEST), sample=sample, seed=seed)
        return
    _report(loaded, _encoder(), data, root=root, models=models, seed=seed, blind=blind)


@app.command()
def adapt(
    folder: CorporaFolder = None,
    models: Models = MODELS,
    seed: Seed = 1,
    *,
    onwards: Annotated[
        bool, typer.Option("--onwards", help="Go on from the adapter that is there.")
    ] = False,
    share: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Read so much of the corpora's usual share.")
    ] = 1.0,
) -> None:
    """Teach the sentence encoder to judge comments; train anew afterwards."""
    from ml import adapter_training  # noqa: PLC0415 - its framework comes with the train extra

    root = inputs.folder(folder)
    data = inputs.gathered(root)
    with steps(console) as step:
        try:
            adapter: Adapter = adapter_training.teach(
                encoder.weights(),
                data,
                words=inputs.words(root, seed),
                seed=seed,
                progress=step,
                onwards=Adapter.load(models / encoder.ADAPTER) if onwards else None,
                share=share,
            )
        except (EncoderUnavailable, AdapterError) as missing:
            raise inputs.refusal(str(missing)) from missing
        except ImportError as missing:
            raise inputs.refusal(f"{missing}; install the train extra.") from missing
        path = models / encoder.ADAPTER
        path.write_bytes(adapter.to_bytes())
    console.print(f"{path} [bold]{adapter.digest}[/] {path.stat().st_size / 2**20:.1f} MB")


@app.command("card")
def write_card(models: Models = MODELS) -> None:
    """Write the card anew from the stored figures: after a change of its words."""
    stored = models / "report.json"
    try:
        report, bars = stored_report.read(stored.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise inputs.refusal(f"{stored} cannot be read: {error}. Run evaluate first.") from error
    loaded = inputs.loaded(models)
    if report.version != loaded.digest:
        raise inputs.refusal(f"{stored} tells of {report.version}, the model is {loaded.digest}.")
    console.print(_card(models, loaded, report, bars, plots.NAMES))


@app.command("curves")
def draw_curves(
    table: Annotated[Path, typer.Argument()] = Path("docs/model/curve.csv"),
) -> None:
    """Draw quality against the amount of data from a table of measurements."""
    target = table.with_suffix(".svg")
    try:
        plots.curves(table, target)
    except OSError as error:
        raise inputs.refusal(f"{table} cannot be drawn: {error.strerror}.") from error
    except ValueError as error:
        raise inputs.refusal(f"{table} is no table of measurements: {error}.") from error
    console.print(target)


@app.command()
def explain(
    text: str,
    models: Models = MODELS,
    *,
    language: Annotated[
        Language | None,
        typer.Option(help="What is known of the language; a long text outweighs it."),
    ] = None,
) -> None:
    """Score one text and show which of its words carried which score."""
    loaded = inputs.loaded(models)
    predictor = _predictor(loaded, None if loaded.second is None else _encoder())
    [prediction] = predictor.predict([text], hints=[language])
    console.print(explained(prediction, predictor.explain(text, hint=language)))


def _encoder() -> Encoder | None:
    """Return the encoder that will be there when the model judges; say why if there is none."""
    found = encoder.looked_up()
    if isinstance(found, Lack):
        inputs.warn(f"The first tier is alone. {found.detail}")
        return None
    return Remembering(found)


def _look(
    loaded: Artifact, reading: Encoder | None, test: Dataset, *, sample: int, seed: int
) -> None:
    """Measure a draw of the texts, show what came out, and write no card."""
    rows = np.sort(np.random.default_rng(seed).permutation(len(test))[:sample])
    drawn = test.at(rows)
    with steps(console) as step:
        score = with_bar(_score(loaded, reading), step)
        step(f"measuring on {len(drawn):,} of {len(test):,} texts")
        limits = defaults.from_plain(loaded.info.training[defaults.KEY])
        judged = score(drawn.texts)
        slices = by_slices(drawn, judged.scores, seed=seed)
        lines = [card.line(one) for one in slices if one.by in ("all", "language")]
        _write_page(drawn, judged, limits, version=loaded.digest)
    console.print("\n".join(lines))
    console.print(
        f"A quick look at {len(drawn):,} of {len(test):,} texts: suites and bars are not measured,"
        " and the report and the card tell what they told before.\n"
        f"The worst errors, to read and not to publish: {PAGE}"
    )


def _report(
    loaded: Artifact,
    reading: Encoder | None,
    data: Dataset,
    *,
    root: Path,
    models: Path,
    seed: int,
    blind: bool,
) -> None:
    with steps(console) as step:
        score = with_bar(_score(loaded, reading), step)
        step("measuring on texts that were never learned from")
        limits = defaults.from_plain(loaded.info.training[defaults.KEY])
        test = data.part(Split.TEST)
        report = evaluate(score, test, limits, seed=seed, version=loaded.digest, with_blind=blind)
        step("measuring what was wanted")
        bars = measure_bars(score, test, limits, root, seed=seed)
        step("writing the card")
        judged = score(test.texts)
        drawn = plots.draw(report, test, judged.scores, models)
        (models / "report.json").write_text(card.as_json(report, bars), encoding="utf-8")
        _card(models, loaded, report, bars, drawn)
        supported = loaded.info.supported
        truths = labelled(judged.scores, test, supported, version=loaded.digest, seed=seed)
        labelled_scores.write(truths, models)
        _write_page(test, judged, limits, version=loaded.digest)
    console.print(card.summary(report))
    console.print(f"The worst errors, to read and not to publish: {PAGE}")


def _card(
    models: Path, loaded: Artifact, report: Report, bars: Sequence[Bar], drawn: Sequence[str]
) -> Path:
    try:
        return card.write(models, loaded, report, bars, drawn)
    except ValueError as error:
        raise inputs.refusal(str(error)) from error


def _write_page(test: Dataset, judged: Judged, limits: Defaults, *, version: str) -> None:
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page.render(test, judged, limits, version=version), encoding="utf-8")


def _score(loaded: Artifact, reading: Encoder | None) -> Score:
    return partial(judge, _predictor(loaded, reading))


def _predictor(loaded: Artifact, reading: Encoder | None) -> Predictor:
    predictor = Predictor(loaded, encoder=reading)
    if predictor.lack is not None:
        inputs.warn(f"The first tier is alone. {predictor.lack.detail}")
    return predictor


if __name__ == "__main__":
    app()
