"""Labelled texts as columns: gathered from corpora, cleaned of doubles, split without leakage."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha1
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.corpora import Corpus, training_corpora
from ml.labels import Label, Language
from ml.near_duplicates import near_duplicates
from ml.readers import Example

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
LABELS = list(Label)


class Split(StrEnum):
    """Which side of the split a group is on; a group's name alone decides."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    TEST = "test"


CALIBRATION_SHARE, TEST_SHARE = 0.12, 0.15


def split_of(group: str) -> Split:
    """Place a group, always on the same side, whatever else is in the data."""
    at = int.from_bytes(sha1(group.encode(), usedforsecurity=False).digest()[:4]) / 2**32
    if at < TEST_SHARE:
        return Split.TEST
    return Split.CALIBRATION if at < TEST_SHARE + CALIBRATION_SHARE else Split.TRAIN


@dataclass(frozen=True, slots=True)
class Dataset:
    """Texts and what is known of them, column by column; all columns have one length.

    ``targets`` has shape (n, number of labels) in the order of ``Label``; NaN is unknown.
    """

    texts: tuple[str, ...]
    languages: tuple[Language, ...]
    targets: Floats
    weights: Floats
    groups: tuple[str, ...]
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        lengths = {len(self.texts), len(self.languages), len(self.weights), len(self.groups)}
        if lengths != {len(self.sources)} or self.targets.shape != (len(self.texts), len(LABELS)):
            raise ValueError("the columns of a data set must have one length")

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, mask: Mask) -> Self:
        """Return the rows that ``mask``, of shape (n,), picks."""
        return self.at(np.flatnonzero(mask))

    def at(self, rows: NDArray[np.intp]) -> Self:
        """Return these rows in this order."""
        return type(self)(
            texts=tuple(self.texts[i] for i in rows),
            languages=tuple(self.languages[i] for i in rows),
            targets=self.targets[rows],
            weights=self.weights[rows],
            groups=tuple(self.groups[i] for i in rows),
            sources=tuple(self.sources[i] for i in rows),
        )

    def part(self, split: Split) -> Self:
        return self.where(np.array([split_of(group) is split for group in self.groups], bool))

    def of_source(self, source: str) -> Self:
        return self.where(np.array([s == source for s in self.sources], bool))

    def of_language(self, language: Language) -> Self:
        return self.where(np.array([spoken is language for spoken in self.languages], bool))

    def target(self, label: Label) -> Floats:
        """Return one label's column, shape (n,), NaN where unknown."""
        return self.targets[:, LABELS.index(label)]

    def __add__(self, other: "Dataset") -> Self:
        return type(self)(
            texts=self.texts + other.texts,
            languages=self.languages + other.languages,
            targets=np.vstack([self.targets, other.targets]),
            weights=np.concatenate([self.weights, other.weights]),
            groups=self.groups + other.groups,
            sources=self.sources + other.sources,
        )


def from_examples(
    examples: Iterable[Example], *, source: str, language: Language, weight: float = 1.0
) -> Dataset:
    """Gather one source's examples, personal data masked; empty and unlabelled ones left out."""
    kept = [(mask_personal_data(e.text).strip(), e) for e in examples if e.labels]
    kept = [(text, e) for text, e in kept if key_of(text)]
    return Dataset(
        texts=tuple(text for text, _ in kept),
        languages=tuple(e.language or language for _, e in kept),
        targets=np.array(
            [[e.labels.get(label, np.nan) for label in LABELS] for _, e in kept], np.float64
        ).reshape(len(kept), len(LABELS)),
        weights=np.array([weight * e.weight for _, e in kept], np.float64),
        groups=tuple(e.group or key_of(text) for text, e in kept),
        sources=(source,) * len(kept),
    )


def gather(root: Path, corpora: Sequence[Corpus] | None = None) -> Iterator[Dataset]:
    """Read corpora one after the other; by default those that the shipped model may learn from.

    Raises:
        CorporaMissing: a file is not there.
    """
    for corpus in training_corpora() if corpora is None else corpora:
        yield from_examples(
            corpus.examples(root),
            source=corpus.name,
            language=corpus.language,
            weight=corpus.weight,
        )


def join(parts: Iterable[Dataset]) -> Dataset:
    """Put parts under one another in one step.

    Raises:
        ValueError: there is no part.
    """
    parts = list(parts)
    if not parts:
        raise ValueError("nothing to join")
    return Dataset(
        texts=tuple(t for part in parts for t in part.texts),
        languages=tuple(spoken for part in parts for spoken in part.languages),
        targets=np.vstack([part.targets for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        groups=tuple(g for part in parts for g in part.groups),
        sources=tuple(s for part in parts for s in part.sources),
    )


# What every one of them has, so that other texts are not searched seven times.
_TRACE = re.compile(r"[@\d]|u/")
# A person's traces, each replaced by what the normaliser reads as "somebody" and nothing more.
_PERSONAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\[(?:id|club|public)\d+\|[^\]]{0,80}\]"), "@user"),  # VK mentions
    (re.compile(r"<@[!&]?\d{5,}>"), "@user"),  # Discord mentions
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), "@user"),
    (re.compile(r"(?<![\w@])@\w{2,}"), "@user"),
    (re.compile(r"(?<!\w)u/\w{3,}"), "@user"),
    (re.compile(r"(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)"), "0.0.0.0"),  # noqa: S104 - a mask
    (re.compile(r"(?<![\w+])\+?\d[\d\s().-]{8,16}\d(?!\w)"), "00000000000"),  # phone numbers
)


def mask_personal_data(text: str) -> str:
    """Replace mentions, e-mail addresses, telephone numbers and IP addresses by neutral marks."""
    if _TRACE.search(text) is None:
        return text
    for pattern, mark in _PERSONAL:
        text = pattern.sub(mark, text)
    return text


_BETWEEN = re.compile(r"[\W_]+")


def key_of(text: str) -> str:
    """Return what two copies of a text share: its letters and digits in lower case."""
    return _BETWEEN.sub("", text.lower())


def without_doubles(data: Dataset) -> Dataset:
    """Leave one of each text, and put near copies into one group.

    Exact copies (by letters and digits) become one row: what an earlier row does not know, a later
    one fills in. Near copies that say the same are dropped after the first; those whose labels
    differ are the lesson of a minimal pair, so both stay, in one group, on one side of the split.
    """
    merged = _merge_copies(data)
    twins = near_duplicates(merged.texts)
    groups = _united_groups(merged.groups, twins)
    keep = np.ones(len(merged), bool)
    for first, second in twins:
        alike = np.array_equal(merged.targets[first], merged.targets[second], equal_nan=True)
        if alike and keep[first] and merged.sources[first] != "own_writing":
            keep[second] = False
    return Dataset(
        texts=merged.texts,
        languages=merged.languages,
        targets=merged.targets,
        weights=merged.weights,
        groups=groups,
        sources=merged.sources,
    ).where(keep)


def _merge_copies(data: Dataset) -> Dataset:
    first_row: dict[str, int] = {}
    targets = data.targets.copy()
    rows: list[int] = []
    pairs: list[tuple[int, int]] = []
    for row, text in enumerate(data.texts):
        first = first_row.setdefault(key_of(text), row)
        if first == row:
            rows.append(row)
            continue
        pairs.append((first, row))
        unknown = np.isnan(targets[first])
        targets[first, unknown] = data.targets[row, unknown]
    groups = _united_groups(data.groups, pairs)
    return Dataset(
        texts=data.texts,
        languages=data.languages,
        targets=targets,
        weights=data.weights,
        groups=groups,
        sources=data.sources,
    ).at(np.array(rows, np.intp))


def _united_groups(groups: Sequence[str], pairs: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Rename groups that a pair of rows connects to the smallest of their names."""
    parent = {group: group for group in groups}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for one, other in pairs:
        low, high = sorted((root(groups[one]), root(groups[other])))
        parent[high] = low
    return tuple(root(group) for group in groups)
