"""Which pieces of a text carried which score: exact, since the model is linear in its n-grams."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.features import CHARACTER_SIZES, FAMILIES, WORD, entries
from ml.hashing import words
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.letters import SPACE
from ml.normalise import Rows, normalise_many
from ml.pipeline import ModerationPipeline

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"'”»)\]]*|\n|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of the text as written and what it adds to a label's logit."""

    start: int
    end: int
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class LabelExplanation:
    """Where one label's score comes from: ``logit`` is ``base`` plus all the contributions."""

    score: float
    logit: float
    base: float  # what an empty text in this language would get
    pieces: tuple[Piece, ...]  # all, in the order of the text

    def strongest(self, count: int) -> tuple[Piece, ...]:
        """Return the pieces that raise the score most, strongest first."""
        raising = [p for p in self.pieces if p.contribution > 0]
        return tuple(sorted(raising, key=lambda p: (-p.contribution, p.start))[:count])


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text has its scores; ``top`` holds the strongest pieces of each label."""

    language: Language
    language_probability: float
    labels: Mapping[Label, LabelExplanation]
    top: Mapping[Label, tuple[Piece, ...]]
    method: str = "exact"


def explain(
    model: ModerationPipeline,
    text: str,
    *,
    supports: Callable[[Label, Language], bool],
    top: int = 5,
) -> Explanation:
    """Return what every piece of the text adds to the logit of each supported label."""
    batch = normalise_many([text], with_origins=True)
    grams = model.named_steps["grams"]
    features = grams.transform(batch)
    classifier = model.classifier
    logits = classifier.decision_function(features)[0]
    scores = classifier.predict_proba(features)[0]
    found = entries(batch.folded, grams.hash_bits)
    scale = float(features.grams.data[0]) if features.grams.nnz else 0.0
    slopes = features.languages[0] @ classifier.slopes_
    added = classifier.weights_[found.columns].astype(np.float64) * (scale * slopes)
    spans, contributions = _by_word(batch.folded, found.slots, added)
    best = int(features.languages[0].argmax())
    language = LANGUAGES[best]
    labels = {
        label: _label(text, spans, contributions[:, i], float(logits[i]), float(scores[i]))
        for i, label in enumerate(classifier.labels)
        if supports(label, language)
    }
    return Explanation(
        language,
        float(features.languages[0, best]),
        labels,
        {label: found.strongest(top) for label, found in labels.items()},
    )


def _label(
    text: str, spans: list[tuple[int, int]], added: FloatArray, logit: float, score: float
) -> LabelExplanation:
    pieces = tuple(
        Piece(start, end, text[start:end], contribution)
        for (start, end), contribution in zip(spans, added.tolist(), strict=True)
    )
    return LabelExplanation(score, logit, logit - float(added.sum()), pieces)


def _by_word(
    rows: Rows, slots: IntArray, added: FloatArray
) -> tuple[list[tuple[int, int]], FloatArray]:
    """Share each n-gram's contribution among its letters, and sum them by word as written."""
    assert rows.origins is not None  # noqa: S101 - asked for by explain()
    solid = rows.codes != SPACE
    starts, ends = slots // FAMILIES, _gram_ends(rows, slots)
    before = np.concatenate(([0], np.cumsum(solid)))
    share = added / (before[ends] - before[starts])[:, None]
    # Each n-gram adds its share to every letter from its start to its end: two steps, summed up.
    density = np.zeros((len(rows.codes) + 1, added.shape[1]))
    for column in range(added.shape[1]):
        density[:, column] += np.bincount(starts, share[:, column], len(density))
        density[:, column] -= np.bincount(ends, share[:, column], len(density))
    letters = np.cumsum(density, axis=0)[:-1] * solid[:, None]
    edges = np.flatnonzero(solid[1:] != solid[:-1]) + 1
    firsts, lasts = edges[::2], edges[1::2]
    if not len(firsts):
        return [], np.zeros((0, added.shape[1]))
    sums = np.add.reduceat(letters, firsts, axis=0)
    return _merged(rows.origins, firsts, lasts, sums)


def _gram_ends(rows: Rows, slots: IntArray) -> IntArray:
    places, families = slots // FAMILIES, slots % FAMILIES
    found = words(rows.codes)
    word_ends = np.zeros(len(rows.codes), np.int64)
    pair_ends = np.zeros(len(rows.codes), np.int64)
    word_ends[found.starts] = found.ends
    pair_ends[found.starts[:-1]] = found.ends[1:]
    by_word = np.where(families == WORD, word_ends[places], pair_ends[places])
    return np.where(families < WORD, places + families + CHARACTER_SIZES.start, by_word)


def _merged(
    origins: IntArray, firsts: IntArray, lasts: IntArray, sums: FloatArray
) -> tuple[list[tuple[int, int]], FloatArray]:
    """Return one span for words that come from the same piece of the text (an address)."""
    spans: list[tuple[int, int]] = []
    rows: list[FloatArray] = []
    for first, last, added in zip(firsts.tolist(), lasts.tolist(), sums, strict=True):
        start, end = int(origins[first:last, 0].min()), int(origins[first:last, 1].max())
        if spans and start < spans[-1][1]:
            spans[-1] = (min(start, spans[-1][0]), max(end, spans[-1][1]))
            rows[-1] = rows[-1] + added
        else:
            spans.append((start, end))
            rows.append(added)
    return spans, np.array(rows)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of a text lie; blank ones are left out."""
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    return [(start, end) for start, end in spans if text[start:end].strip()]
