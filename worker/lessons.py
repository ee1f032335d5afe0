"""From the examples of a snapshot to data sets; what is rehearsed beside them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ml import corpora
from ml.augment import own_writing
from ml.dataset import (
    LABELS,
    Dataset,
    Floats,
    Mask,
    Split,
    gather,
    join,
    key_of,
    split_of,
    without_doubles,
)
from ml.labels import Language
from ml.language import detect_many
from ml.near_duplicates import near_duplicates
from ml.suites import load as suites
from ml.train import weighted
from service.examples.origin import Origin
from service.learning.run_sentences import READING_CORPORA
from service.learning.snapshots import Lesson
from service.learning.states import Part

SITE = "site"
SEED = 1
# A template says the same with eight fillings as with fifty.
_REHEARSED_FILLINGS = 8
_JUDGED_FILLINGS = 20
_REHEARSED_FROM_CORPORA = 20_000
_JUDGED_FROM_CORPORA = 4_000


@dataclass(frozen=True, slots=True)
class Lessons:
    """The sides of a snapshot; ``audit`` are those who judge that were drawn to be judged blind."""

    teaching: Dataset
    calibrating: Dataset
    judging: Dataset
    audit: Dataset
    judging_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the prior knows: to be learned again, and to set thresholds by.

    ``judging``: texts of the corpora that neither learned from; none where there are no corpora.
    """

    teaching: Dataset
    calibrating: Dataset
    judging: Dataset | None
    corpora: dict[str, str]


def name_texts(texts: Sequence[str]) -> Sequence[Hashable]:
    """Give copies and near copies one name: the number of the first of them."""
    first: dict[str, int] = {}
    names = [first.setdefault(key_of(text) or text, row) for row, text in enumerate(texts)]
    for one, other in near_duplicates(texts):
        low, high = sorted((names[one], names[other]))
        if low != high:
            names[other if names[other] == high else one] = low
    return names


def without_suites(texts: Sequence[str]) -> list[bool]:
    """Say which texts no suite judges, so that none is judged by what it taught."""
    judged = {key_of(case.text) for case in suites.load_all()}
    return [key_of(text) not in judged for text in texts]


def of_snapshot(lessons: Sequence[Lesson]) -> Lessons:
    """Return the data sets of a snapshot."""
    languages = _languages(lessons)
    everything = _dataset(lessons, languages)
    parts = np.array([each.part.value for each in lessons])
    audited = np.array([each.example.origin is Origin.AUDIT for each in lessons], bool)
    judging = parts == Part.TEST.value
    free = np.array(without_suites(everything.texts), bool)
    # Each decision stands for itself, but for those made for many at once.
    plain = np.array([_plain_weight(each) for each in lessons])
    drawn = np.array([1 / each.example.inclusion for each in lessons])
    return Lessons(
        teaching=everything.where(free & (parts == Part.TRAIN.value)),
        calibrating=everything.where(free & (parts == Part.CALIBRATE.value)),
        judging=_reweighted(everything, plain).where(judging & ~audited),
        audit=_reweighted(everything, drawn).where(judging & audited),
        judging_ids=tuple(
            str(each.example.id)
            for each, judges, is_audit in zip(lessons, judging, audited, strict=True)
            if judges and not is_audit
        ),
    )


def _plain_weight(lesson: Lesson) -> float:
    return lesson.example.weight if lesson.example.origin is Origin.BULK else 1.0


def _languages(lessons: Sequence[Lesson]) -> list[Language]:
    """Return the language of each text; that of a comment that was never scored is detected."""
    found = [each.example.language for each in lessons]
    unknown = [row for row, language in enumerate(found) if language is Language.OTHER]
    guesses = detect_many([lessons[row].example.text for row in unknown]) if unknown else []
    for row, guess in zip(unknown, guesses, strict=True):
        found[row] = guess.language
    return found


def _dataset(lessons: Sequence[Lesson], languages: Sequence[Language]) -> Dataset:
    targets = np.full((len(lessons), len(LABELS)), np.nan)
    for row, each in enumerate(lessons):
        for label, value in each.example.labels.items():
            targets[row, LABELS.index(label)] = value
    return Dataset(
        texts=tuple(each.example.text for each in lessons),
        languages=tuple(languages),
        targets=targets,
        weights=np.array([each.weight for each in lessons], np.float64),
        groups=tuple(each.family for each in lessons),
        sources=(SITE,) * len(lessons),
    )


def _reweighted(data: Dataset, weights: Floats) -> Dataset:
    return Dataset(data.texts, data.languages, data.targets, weights, data.groups, data.sources)


def rehearse(root: Path | None, *, seed: int, progress: Callable[[str, float], None]) -> Rehearsal:
    """Return what the prior knows: our own writing, and the public corpora where they are.

    Raises:
        CorporaMissing: the folder is named, and a file is not in it.
    """
    teaching, calibrating = _own_writing(seed)
    if root is None:
        return Rehearsal(teaching, calibrating, None, {})
    progress(READING_CORPORA, 0.1)
    found = without_doubles(join(gather(root)))
    found = found.where(np.array(without_suites(found.texts), bool))
    taught = _drawn(found.part(Split.TRAIN), _REHEARSED_FROM_CORPORA, seed)
    share = float(teaching.weights.sum()) / max(float(taught.weights.sum()), 1e-9)
    return Rehearsal(
        teaching=teaching + weighted(taught, share),
        calibrating=calibrating
        + weighted(_drawn(found.part(Split.CALIBRATION), _JUDGED_FROM_CORPORA, seed), 0.0),
        judging=_drawn(found.part(Split.TEST), _JUDGED_FROM_CORPORA, seed),
        corpora=_digests(root),
    )


@cache
def _own_writing(seed: int) -> tuple[Dataset, Dataset]:
    """Return our own sentences: those to be rehearsed, and those that thresholds are set by."""
    ours = own_writing(seed, fillings=_REHEARSED_FILLINGS)
    limits_by = own_writing(seed, fillings=_JUDGED_FILLINGS)
    return (
        ours.where(_are(ours, Split.TRAIN, Split.TEST)),
        weighted(limits_by.where(_are(limits_by, Split.CALIBRATION)), 0.0),
    )


def _are(data: Dataset, *splits: Split) -> Mask:
    return np.array([split_of(group) in splits for group in data.groups], bool)


def _drawn(data: Dataset, most: int, seed: int) -> Dataset:
    if len(data) <= most:
        return data
    rows = np.random.default_rng(seed).permutation(len(data))[:most]
    return data.at(np.sort(rows))


def _digests(root: Path) -> dict[str, str]:
    """Return what each corpus was: the digests that were expected, or which file is another."""
    found = {}
    for corpus in corpora.training_corpora():
        changed = corpus.changed_files(root)
        named = [f"{file}={begins}" for file, begins in sorted(corpus.sha256.items())]
        found[corpus.name] = " ".join(named) + (f" changed: {' '.join(changed)}" if changed else "")
    return found
