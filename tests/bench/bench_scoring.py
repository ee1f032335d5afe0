"""How fast the first tier scores, beside scikit-learn hashing the same n-grams in the same run.

And how long the model that ships takes to load, beside reading its files' bytes.

Run by ``make bench``. The peer is HashingVectorizer (words 1–2, characters 2–5, 2 ** 18 columns
each) with all labels' weights stacked in one float32 matrix; it neither normalises nor tells
languages apart, ours does both. Rounds alternate, so that other work on the machine hits both.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import cycle

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.special import expit
from sklearn.feature_extraction.text import HashingVectorizer
from threadpoolctl import threadpool_limits

from ml import encoder
from ml.encoder import ADAPTER, E5
from ml.labels import Label
from ml.predict import Predictor

Score = Callable[[Sequence[str]], object]
Load = Callable[[], object]

ROUNDS = 9
ROUND_SECONDS = 0.4
LOADS = 5
# A page of comments, and what a worker scores in one call (``PARLEY_SCORING__BATCH``).
BATCHES = (64, 256)
CHARACTERS = 300

# Pieces of frequent words, so that n-grams repeat about as much as in real text.
_PIECES = {
    "en": """the and ing ion tion ent for her ter hat ere his con ver all wit thi tio ess not
        you are was com sta man ple out day ver ght""",
    "ru": """при ста ени ого ать что про ост ова ани пол кот ска тел мен был это как вер раз
        дол нов сто мне они для тор нос вся где""",
    "uz": """lar ning bil qil yax shi bo'l gan uch kat mas lik tosh kent jud ham men sen oda
        yur o'z bek tal ish kor sha har yil dav lat""",
    "kk": """қаз ақт ның мен бір лар жақ сыр еді бол ған үшін ады тұр көп адам елі жыл сөз
        ауы дам ант ғана күн ола ерт бас қал аны тіл""",
}
_SYLLABLES = {language: pieces.split() for language, pieces in _PIECES.items()}
# What real comments hold besides plain words, and in how many words out of a thousand: one text
# in ten takes the slow way through the disguises, as measured on news comments.
_SPRINKLED = (
    (10, "idiot"), (5, "soooo"), (8, "2024"), (4, "😂"), (4, "COVID19"), (20, "don't"),
    (1, "www.example.com/a"), (1, "@somebody"), (1, "d1sgu1sed"),
)  # fmt: skip


def comments(count: int, *, seed: int, characters: int = CHARACTERS) -> list[str]:
    """Return made-up comments, two thirds English, a sixth Russian, the rest Uzbek and Kazakh."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    return [_comment(draw, characters) for _ in range(count)]


def _comment(draw: random.Random, characters: int) -> str:
    syllables = _SYLLABLES[draw.choices(list(_SYLLABLES), (8, 2, 1, 1))[0]]
    sprinkled = [word for share, word in _SPRINKLED for _ in range(share)]
    words: list[str] = []
    length = 0
    while length < characters:
        word = "".join(draw.choice(syllables) for _ in range(draw.choice((1, 1, 2, 2, 3))))
        roll = draw.random() * 1000
        if roll < len(sprinkled):
            word = sprinkled[int(roll)]
        elif roll > 900:
            word += draw.choice((".", ",", "!", "?"))
        words.append(word.capitalize() if draw.random() < 0.1 else word)
        length += len(word) + 1
    return " ".join(words)[:characters]


def peer() -> Score:
    """Return scikit-learn's way with random weights: its time does not depend on their values."""
    rows = 2**18
    shared = {"n_features": rows, "alternate_sign": False, "dtype": np.float32}
    words = HashingVectorizer(ngram_range=(1, 2), **shared)
    characters = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), **shared)
    weights = np.random.default_rng(0).standard_normal((2, rows, len(Label))).astype(np.float32)

    def score(texts: Sequence[str]) -> object:
        return expit(words.transform(texts) @ weights[0] + characters.transform(texts) @ weights[1])

    return score


@dataclass(slots=True)
class Timing:
    """Seconds of one core per call, gathered over the rounds."""

    batches: dict[int, list[float]]
    singles: list[float]

    def texts_per_second(self, size: int) -> float:
        return size / float(np.median(self.batches[size]))

    def milliseconds(self, percentile: float) -> float:
        return float(np.percentile(self.singles, percentile)) * 1e3


def measure(scorers: dict[str, Score], texts: Sequence[str]) -> dict[str, Timing]:
    """Return the timings of every scorer, round by round in turn."""
    timings = {name: Timing({size: [] for size in BATCHES}, []) for name in scorers}
    batches = {
        size: [texts[i : i + size] for i in range(0, len(texts) - size + 1, size)]
        for size in BATCHES
    }
    for score in scorers.values():
        score(texts[: BATCHES[0]])
    for _ in range(ROUNDS):
        for name, score in scorers.items():
            for size, calls in batches.items():
                timings[name].batches[size] += _timed(score, calls)
            timings[name].singles += _timed(score, [[text] for text in texts])
    return timings


def _timed(score: Score, calls: Sequence[Sequence[str]]) -> list[float]:
    # The thread's own time: what one core does, whatever else is running on the machine.
    seconds: list[float] = []
    until = time.perf_counter() + ROUND_SECONDS
    for call in cycle(calls):
        before = time.thread_time()
        score(call)
        seconds.append(time.thread_time() - before)
        if time.perf_counter() > until:
            return seconds
    return seconds


def main() -> None:
    predictor = Predictor.bundled(alone=True)
    texts = comments(1024, seed=3)
    with threadpool_limits(1):
        show(predictor, texts)
        show_loading()


def show(predictor: Predictor, texts: Sequence[str]) -> None:
    """Measure and print the figures as one table."""
    timings = measure({"HashingVectorizer": peer(), "Parley": predictor.predict}, texts)
    explained = measure({"explanation": lambda one: predictor.explain(one[0])}, texts)
    table = Table(title=f"Scoring texts of {CHARACTERS} characters, one core")
    in_batches = [f"texts/s in batches of {size}" for size in BATCHES]
    for column in ("", *in_batches, "one text, p50 ms", "p99 ms"):
        table.add_column(column, justify="right" if column else "left")
    peers = timings["HashingVectorizer"]
    for name, timing in timings.items():
        speeds = [(timing.texts_per_second(size), peers.texts_per_second(size)) for size in BATCHES]
        cells = [f"{speed:,.0f} ({speed / floor:.1f} x)" for speed, floor in speeds]
        table.add_row(
            name, *cells, f"{timing.milliseconds(50):.3f}", f"{timing.milliseconds(99):.3f}"
        )
    timing = explained["explanation"]
    alone = (f"{timing.milliseconds(50):.3f}", f"{timing.milliseconds(99):.3f}")
    table.add_row("explanation", *("" for _ in BATCHES), *alone)
    Console().print(table)


def show_loading() -> None:
    """Measure and print how long the model that ships takes to load, whole and first tier alone."""
    folder = files("ml").joinpath("models")
    model, adapter = folder.joinpath("parley.model"), folder.joinpath(ADAPTER)
    weights = encoder.weights()
    loads: dict[str, tuple[Load, Load]] = {
        "first tier": (
            lambda: Predictor.bundled(alone=True),
            model.read_bytes,
        ),
        "both tiers": (
            # Unpacked anew each time: a process keeps its encoder.
            lambda: Predictor.bundled(encoder=E5.bundled()),
            lambda: (model.read_bytes(), adapter.read_bytes(), weights.read_bytes()),
        ),
    }
    table = Table(title="Loading the model that ships, one core, files in the system's cache")
    for column in ("", "seconds", "reading the bytes"):
        table.add_column(column, justify="right" if column else "left")
    for name, (load, floor) in loads.items():
        seconds, floor_seconds = _seconds(load), _seconds(floor)
        times = f"{floor_seconds:.4f} ({seconds / floor_seconds:.0f} x)"
        table.add_row(name, f"{seconds:.3f}", times)
    Console().print(table)


def _seconds(load: Load) -> float:
    """Return the median of the thread's own time over some rounds, after one that warms up."""
    load()
    taken = []
    for _ in range(LOADS):
        before = time.thread_time()
        load()
        taken.append(time.thread_time() - before)
    return float(np.median(taken))


if __name__ == "__main__":
    main()
