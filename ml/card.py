"""The model card: every figure from one report, with its data, split and interval."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ml import card_figures, card_model
from ml import history as history_of
from ml.artifact import Artifact, ModelInfo
from ml.bars import Bar
from ml.corpora import training_corpora
from ml.evaluate import Report, Slice
from ml.history import History
from ml.lexicons import LEXICONS
from ml.metrics import Metric
from ml.second_tier import SecondTier

FILE = "CARD.md"

READING = """\
*How to read the figures.* Every text belongs to a group (a pair of abuse and rewrite, near copies),
and a group's name alone decides its side: 73 % train, 12 % calibration and thresholds, 15 % test.
What follows is measured on the test side, which neither training nor calibration reads. In
brackets: 95 % bootstrap intervals. Negatives of most corpora are easier than a newsroom's comments;
a site's own figures come from its audit sample.

The suites are our own writing, made apart from the sentences that train. A few short sentences of
theirs stand in a corpus, a word list or that writing as well; they are left out before anything
learns from them or is calibrated on them. Take the suites as a development set: their results, by
language, label and part, were looked at while the defaults of training were chosen (its sentences
and their weight, that of the word lists, how far each tier counts, the thresholds' budgets). So
were those of the test side, for which languages have weights of their own, how far a line that
learns from comments alone counts, and how fast a longer text's lower bound falls.
"""

LIMITS = """\
## What it cannot do

* It does not understand: irony, context, who speaks to whom, and abuse without a bad word pass it
  by; quoted abuse and counter-speech can be held.
* Uzbek and Kazakh abuse was learned from templates and word lists, not from labelled comments; the
  two languages' lists were not checked by a native editor. Take their figures as a word list's.
* Obscenity in Russian, Kazakh and Uzbek was labelled by a list of swear words, so its figures on
  corpora there say how well the list is learned.
* Insults, threats and identity attacks in Russian come from templates only.
"""


def write(
    models: Path, loaded: Artifact, report: Report, bars: Sequence[Bar], plots: Sequence[str]
) -> Path:
    """Write the card into a model's folder, with the history that stands there, if its own.

    Raises:
        ValueError: the history cannot be read.
    """
    text = render(
        report,
        loaded.info,
        bars,
        plots,
        second=loaded.second,
        history=history_of.beside(models, loaded.digest),
    )
    path = models / FILE
    path.write_text(text, encoding="utf-8")
    return path


def render(
    report: Report,
    info: ModelInfo,
    bars: Sequence[Bar],
    plots: Sequence[str],
    *,
    second: SecondTier | None = None,
    history: History | None = None,
) -> str:
    """Return the card as Markdown.

    Args:
        report: what was measured.
        info: what the model says of itself.
        bars: what was wanted, and is reached.
        plots: file names of the pictures.
        second: the model's second tier, which tells how far it is believed.
        history: of this very model, where it is known.
    """
    parts = [
        "# Model card\n",
        card_model.made_of(info),
        _trained(report, info),
        READING if history is None else f"{READING}\n{history.choices.strip()}\n",
        "\n".join(card_model.tiers(info, second)),
        "\n".join(card_model.supported(info)),
        "\n".join(card_model.prevalences()),
        "\n".join(card_model.thresholds(info)),
        "\n".join(card_figures.bars(bars)),
        "\n".join(card_figures.slices(report.slices)),
        "\n".join(f"![{name.removesuffix('.svg')}]({name})" for name in plots),
        "\n".join(card_figures.suites(report)),
        "\n".join(card_figures.blind(report, history)),
        "\n".join(card_figures.groups(report)),
        LIMITS,
        "\n".join(_sources()),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _trained(report: Report, info: ModelInfo) -> str:
    training = info.training
    return (
        f"Model `{report.version}`, trained on {training.get('texts', 0):,} texts with seed"
        f" {training.get('seed')}; data `{training.get('digest')}`."
    )


def as_json(report: Report, bars: Sequence[Bar] = ()) -> str:
    """Return the report as JSON, for plots and comparisons."""
    content = {**asdict(report), "bars": [asdict(bar) for bar in bars]}
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def line(one: Slice) -> str:
    """Return one slice as a line for a terminal."""
    return f"{one.label.value:16} {one.name:6} ROC-AUC {one.metrics[Metric.ROC_AUC]}"


def summary(report: Report) -> str:
    """Return the few lines that one looks at first."""
    lines = [line(one) for one in report.slices if one.by in ("all", "language")]
    lines += [
        f"{one.suite.value:20} {one.language.value}: accuracy {one.accuracy:.3f},"
        f" caught {card_figures.share(one.caught)},"
        f" held wrongly {card_figures.share(one.held_wrongly)}"
        for one in report.suites
        if one.part == "all"
    ]
    return "\n".join(lines)


def _sources() -> Iterator[str]:
    yield "## What it learned from\n"
    yield "Own templates (`ml/own_writing`), public corpora and word lists, each by repository and"
    yield "commit. Word lists teach the first tier, and the encoder in part (above all in Uzbek and"
    yield "Kazakh), and that a listed word stands in a text is a feature of the first. In Uzbek and"
    yield "Kazakh, words of our own lists are put into calm texts as well. Some of these words are"
    yield "among those that the suite of disguises hides:\n"
    yield "| corpus | language | source @ commit | licence | attribution | weight |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for corpus in (*training_corpora(), *LEXICONS):
        yield (
            f"| {corpus.name} | {corpus.language.value} | {corpus.source} @ {corpus.commit}"
            f" | {corpus.licence} | {corpus.attribution} | {corpus.weight:g} |"
        )
