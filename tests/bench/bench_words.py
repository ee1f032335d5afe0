"""How fast 10,000 listed words are looked for in 1,500 characters, beside the bare pass.

    python -m tests.bench.bench_words

The floor is the Aho–Corasick pass alone, over the same stems and text, judging nothing. Rounds of
floor and Parley alternate, so that other work on the machine hits both; the best of each counts.
"""

import random
import time
from collections.abc import Callable
from statistics import median

import ahocorasick
from rich.console import Console
from rich.table import Table

from ml.labels import Language
from ml.normalise import normalise_with_offsets
from service.policy.word_entries import Entry, Kind
from service.policy.words import Matcher, compile_list

ENTRIES, CHARS, TEXTS, ROUNDS = 10_000, 1_500, 40, 15
BAR = 0.001
_LETTERS = "абвгдежзиклмнопрстуф"
_LANGUAGES = (*list(Language)[:4], None)


def _word(draw: random.Random, shortest: int, longest: int) -> str:
    return "".join(draw.choices(_LETTERS, k=draw.randint(shortest, longest)))


def _entries(draw: random.Random) -> list[Entry]:
    words: set[str] = set()
    while len(words) < ENTRIES:
        words.add(_word(draw, 5, 11))
    marks = ("", "", "", "*", "!")
    return [
        Entry(word + marks[i % 5], Kind.BANNED, _LANGUAGES[i % len(_LANGUAGES)])
        for i, word in enumerate(sorted(words))
    ]


def _text(draw: random.Random, entries: list[Entry], share: float) -> str:
    words: list[str] = []
    while sum(map(len, words)) + len(words) < CHARS:
        listed = draw.random() < share
        words.append(draw.choice(entries).bare if listed else _word(draw, 1, 9))
    return " ".join(words)[:CHARS]


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def _figures(matcher: Matcher, floor: ahocorasick.Automaton, texts: list[str]) -> dict[str, float]:
    """Return median seconds over the texts, and how many matches a text had."""
    bare, judged, whole, found = [], [], [], 0
    for text in texts:
        read = normalise_with_offsets(text)
        line = f" {read.text} "
        bare.append(_best(lambda: list(floor.iter(line))))  # noqa: B023 - called at once
        judged.append(_best(lambda: matcher.find_normalised(text, read, None)))  # noqa: B023
        whole.append(_best(lambda: matcher.find(text, None)))  # noqa: B023
        found += len(matcher.find_normalised(text, read, None))
    return {
        "matches": found / len(texts),
        "floor": median(bare),
        "normalised already": median(judged),
        "with normalising": median(whole),
    }


def main() -> None:
    draw = random.Random(2026)  # noqa: S311 - no secret
    entries = _entries(draw)
    began = time.perf_counter()
    matcher = compile_list(entries)
    console = Console()
    console.print(f"{ENTRIES:,} entries compiled in {time.perf_counter() - began:.2f} s")
    floor = ahocorasick.Automaton()
    for entry in entries:
        floor.add_word(f" {normalise_with_offsets(entry.bare).text}", entry)
    floor.make_automaton()
    columns = ("matches", "floor", "normalised already", "with normalising")
    table = Table("text", *columns, title=f"{ENTRIES:,} entries, {CHARS:,} characters, µs")
    for name, share in (("ordinary", 0.0), ("one word in 50 listed", 0.02), ("one in 5", 0.2)):
        texts = [_text(draw, entries, share) for _ in range(TEXTS)]
        found = _figures(matcher, floor, texts)
        times = [f"{found[column] * 1e6:.0f}" for column in columns[1:]]
        table.add_row(name, f"{found['matches']:.1f}", *times)
        if name == "ordinary":
            assert found["with normalising"] < BAR
    console.print(table)


if __name__ == "__main__":
    main()
