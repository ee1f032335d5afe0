"""How fast texts are scored by both tiers on a mix of comments, beside the encoder on every text.

    PARLEY_CORPORA=... python -m tests.bench.bench_cascade [--model FILE]

One comment in twenty is abusive, the others are not. With the corpora they are drawn from the side
that no model has learned from: talk pages, a social network and reviews, as they come. Without,
they are made of the sentences of our suites, three to a comment, in four languages: these are
there because they are hard, so that twice as many go to the second tier; the bars are for what
readers ordinarily write, and are not judged then. A process for each core, one thread each, as the
worker has them; the floor is the second tier's encoder reading all that the first tier would have
settled.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from ml.dataset import Split, gather, join, without_doubles
from ml.encoder import Encoder, available
from ml.labels import Label
from ml.predict import Predictor
from ml.suites.load import Case, Expected, Suite, load

COMMENTS = 1_280
BATCH = 64
SINGLES = 400
ABUSIVE_SHARE = 0.05
SENTENCES = 3
PER_SECOND_MIN, P99_MS_MAX, REFERRED_MAX = 300, 60.0, 0.25
VARIABLE = "PARLEY_CORPORA"
# What readers ordinarily write, each kind as often as the others.
_KINDS = (
    ("wiki_talk",),
    ("vk_distorted",),
    ("kazakh_reviews", "uzum_reviews", "uzbek_app_reviews"),
)
_CALM = (Suite.MUST_PASS, Suite.IDENTITY, Suite.DISGUISES_INNOCENT)
_ABUSIVE = (Suite.FUNCTIONAL, Suite.ABUSIVE_KK_UZ, Suite.DISGUISES)


@dataclass(frozen=True, slots=True)
class Mix:
    """Where comments are drawn from."""

    name: str
    is_ordinary: bool
    calm: Sequence[Sequence[str]]  # kinds, of which each is drawn as often
    abusive: Sequence[str]

    def draw(self, count: int, *, seed: int) -> list[str]:
        """Return comments, one in twenty abusive."""
        draw = random.Random(seed)  # noqa: S311 - no secret
        return [
            draw.choice(self.abusive if draw.random() < ABUSIVE_SHARE else draw.choice(self.calm))
            for _ in range(count)
        ]


def mix(count: int, *, seed: int) -> list[str]:
    """Return comments of the mix that is there, one in twenty abusive."""
    return found_mix().draw(count, seed=seed)


@cache
def found_mix() -> Mix:
    """Return the corpora's mix where their folder is named, else that of the suites."""
    folder = os.environ.get(VARIABLE)
    return of_suites() if folder is None else of_corpora(Path(folder))


def of_corpora(root: Path) -> Mix:
    """Return texts of the test side: nothing that ships has learned from them.

    All corpora are read, since a text that stands in two of them is on one side only.
    """
    data = without_doubles(join(gather(root))).part(Split.TEST)
    toxic = data.target(Label.TOXICITY)
    kinds = [np.isin(data.sources, kind) for kind in _KINDS]
    return Mix(
        "comments of the corpora's test side",
        is_ordinary=True,
        calm=[data.where(kind & (toxic == 0)).texts for kind in kinds],
        abusive=data.where(np.any(kinds, axis=0) & (toxic > 0)).texts,
    )


def of_suites() -> Mix:
    """Return comments of three sentences of our own, which are harder than what readers write."""
    draw = random.Random(0)  # noqa: S311 - no secret
    calm = [c for suite in _CALM for c in load(suite) if c.expected is Expected.OK]
    abusive = [c for suite in _ABUSIVE for c in load(suite) if c.expected is Expected.ABUSIVE]
    return Mix(
        "hard sentences of the suites",
        is_ordinary=False,
        calm=[[_comment(draw, calm) for _ in range(COMMENTS)]],
        abusive=[_comment(draw, abusive) for _ in range(COMMENTS)],
    )


def _comment(draw: random.Random, cases: Sequence[Case]) -> str:
    first = draw.choice(cases)
    alike = [case for case in cases if case.language is first.language]
    return " ".join(case.text for case in [first, *draw.choices(alike, k=SENTENCES - 1)])


@cache
def _encoder() -> Encoder | None:
    threadpool_limits(1)
    return available()


@cache
def _predictor(model: Path | None) -> Predictor:
    """Return the model with its second tier, loaded once in each process."""
    encoder = _encoder()
    if model is None:
        return Predictor.bundled(encoder=encoder)
    return Predictor.load(model, encoder=encoder)


def _judge(model: Path | None, texts: Sequence[str]) -> int:
    """Score a batch; return how many texts reached the second tier."""
    return sum(one.by_second_tier for one in _predictor(model).predict(texts))


def _read(_: Path | None, texts: Sequence[str]) -> int:
    """Let the encoder read a batch: the floor."""
    encoder = _encoder()
    return 0 if encoder is None else len(encoder.encode(texts))


@dataclass(frozen=True, slots=True)
class Figures:
    per_second: float
    referred: float  # share of the texts that the encoder has read


def _measure(
    work: Callable[[Path | None, Sequence[str]], int], model: Path | None, texts: Sequence[str]
) -> Figures:
    """Return how fast a process for each core gets through the texts."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    batches = [texts[i : i + BATCH] for i in range(0, len(texts), BATCH)]
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as processes:
        models = [model] * len(batches)
        list(processes.map(work, models, [batch[:2] for batch in batches]))  # loads and warms
        started = time.perf_counter()
        referred = sum(processes.map(work, models, batches))
        took = time.perf_counter() - started
    return Figures(len(texts) / took, referred / len(texts))


def _singles(model: Path | None) -> tuple[float, float]:
    """Return the median and the 99th percentile of one text alone, in milliseconds."""
    predictor = _predictor(model)
    predictor.predict(mix(8, seed=5))
    seconds = []
    for text in mix(SINGLES, seed=4):
        started = time.perf_counter()
        predictor.predict([text])
        seconds.append(time.perf_counter() - started)
    p50, p99 = np.percentile(seconds, [50, 99]) * 1e3
    return float(p50), float(p99)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="an artifact; the one that ships by default")
    model: Path | None = parser.parse_args().model
    if not _predictor(model).has_second_tier:
        sys.exit("This model has no second tier, or its encoder is not installed.")
    texts = mix(COMMENTS, seed=3)
    floor, ours = _measure(_read, model, texts), _measure(_judge, model, texts)
    p50, p99 = _singles(model)
    table = Table("", "texts/s", "reach the encoder", title=f"{found_mix().name}, a process a core")
    table.add_row("encoder alone", f"{floor.per_second:,.0f}", f"{floor.referred:.0%}")
    ratio = ours.per_second / floor.per_second
    table.add_row("both tiers", f"{ours.per_second:,.0f} ({ratio:.1f} x)", f"{ours.referred:.1%}")
    console = Console()
    console.print(table)
    length = np.mean([len(text) for text in texts])
    console.print(f"{COMMENTS} comments, {ABUSIVE_SHARE:.0%} abusive, {length:.0f} characters each")
    console.print(f"one text alone: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    if not found_mix().is_ordinary:
        console.print(f"Name the corpora's folder in {VARIABLE} to measure what the bars are for.")
        return
    console.print(
        f"bars: {PER_SECOND_MIN} texts/s or more, p99 {P99_MS_MAX:.0f} ms or less, "
        f"{REFERRED_MAX:.0%} referred or fewer"
    )
    met = ours.per_second >= PER_SECOND_MIN and p99 <= P99_MS_MAX and ours.referred <= REFERRED_MAX
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
