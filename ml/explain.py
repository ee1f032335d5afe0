"""Which pieces of a text carried which score: exact, since the first tier is linear in n-grams."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from ml.explanation_method import ExplanationMethod
from ml.features import Entries
from ml.hashing import words
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.letters import MEANING, NOTHING, SPACE
from ml.normalise import normalise_many
from ml.pipeline import ModerationPipeline
from ml.rows import Rows

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Spans = tuple[tuple[int, int], ...]

# Each piece left out costs one more reading by the encoder.
_OCCLUSIONS_MAX = 12
_SENTENCE = re.compile(r"[^.!?…\n]*(?:[.!?…]+[\"'”»)\]]*|\n|$)")


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
    text: str
    spans: tuple[tuple[int, int], ...]  # in the order of the text
    contributions: tuple[float, ...]  # one per span

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All spans with what they add, in the order of the text."""
        return tuple(self._piece(i) for i in range(len(self.spans)))

    def strongest(self, count: int) -> tuple[Piece, ...]:
        """Return the pieces that raise the score most, strongest first."""
        order = sorted(range(len(self.spans)), key=lambda i: (-self.contributions[i], i))
        return tuple(self._piece(i) for i in order[:count] if self.contributions[i] > 0)

    def _piece(self, i: int) -> Piece:
        start, end = self.spans[i]
        return Piece(start, end, self.text[start:end], self.contributions[i])


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text has its scores; ``top`` holds the strongest pieces of each label."""

    language: Language
    language_probability: float
    labels: Mapping[Label, LabelExplanation]
    top: Mapping[Label, tuple[Piece, ...]]
    method: ExplanationMethod = ExplanationMethod.EXACT


def explain(
    model: ModerationPipeline,
    text: str,
    *,
    supports: Callable[[Label, Language], bool],
    top: int = 5,
    hint: Language | None = None,
) -> Explanation:
    """Return what every piece of the text adds to the logit of each supported label.

    ``hint`` is what the sender says of the language.
    """
    batch = normalise_many([text], with_origins=True)
    _, grams, classifier = model.steps_in_order
    found = grams.entries(batch)
    features = grams.features_of(batch, found, hints=[hint])
    logits = classifier.decision_function(features)[0]
    scores = expit(logits)
    slopes = features.spoken[0] @ classifier.slopes_
    added = classifier.weights_.rows(features.columns) * (features.scales[0] * slopes)
    spans, contributions = _by_word(batch.folded, found, added, grams.sizes)
    spans = _with_what_was_dropped(text, spans)
    bases = logits - contributions.sum(axis=0)
    best = int(features.languages[0].argmax())
    language = LANGUAGES[best]
    labels = {
        label: LabelExplanation(
            float(scores[i]),
            float(logits[i]),
            float(bases[i]),
            text,
            spans,
            tuple(contributions[:, i].tolist()),
        )
        for i, label in enumerate(classifier.labels)
        if supports(label, language)
    }
    return Explanation(
        language,
        float(features.languages[0, best]),
        labels,
        {label: found.strongest(top) for label, found in labels.items()},
    )


def by_occlusion(
    text: str,
    judge: Callable[[Sequence[str]], FloatArray],
    exact: Explanation,
    *,
    labels: Sequence[Label],
    top: int,
) -> Explanation:
    """Return what the logit of each label loses when a piece of the text is left out.

    What pieces do only together stands in ``base``, so that the sum still is the logit; but a piece
    may add less here than with another one gone. The text is cut into a dozen pieces at most.

    Args:
        text: as written.
        judge: texts → logits, shape (n, labels).
        exact: the first tier's explanation, for words, language and supported labels.
        labels: the order of the logits' columns.
        top: how many pieces to name.
    """
    words = next((found.spans for found in exact.labels.values()), ())
    size = -(-len(words) // _OCCLUSIONS_MAX)
    groups = [words[i : i + size] for i in range(0, len(words), max(size, 1))]
    spans = tuple((group[0][0], group[-1][1]) for group in groups)
    logits = judge([text, *(text[:start] + text[end:] for start, end in spans)])
    lost = logits[0] - logits[1:]
    found = {
        label: LabelExplanation(
            score=float(expit(logits[0, i])),
            logit=float(logits[0, i]),
            base=float(logits[0, i] - lost[:, i].sum()),
            text=text,
            spans=spans,
            contributions=tuple(lost[:, i].tolist()),
        )
        for i, label in enumerate(labels)
        if label in exact.labels
    }
    strongest = {label: one.strongest(top) for label, one in found.items()}
    return Explanation(
        exact.language,
        exact.language_probability,
        found,
        strongest,
        method=ExplanationMethod.OCCLUSION,
    )


def _by_word(
    rows: Rows, found: Entries, added: FloatArray, sizes: range
) -> tuple[Spans, FloatArray]:
    """Share each n-gram's contribution among its letters, and sum them by word as written."""
    assert rows.origins is not None  # noqa: S101 - asked for by explain()
    solid = rows.codes != SPACE
    starts, ends = found.places, _gram_ends(rows, found, sizes)
    before = np.concatenate(([0], np.cumsum(solid)))
    share = added / (before[ends] - before[starts])[:, None]
    # Each n-gram adds its share to every letter from its start to its end: two steps, summed up.
    width = added.shape[1]
    cells = np.concatenate([starts, ends])[:, None] * width + np.arange(width)
    steps = np.concatenate([share, -share]).ravel()
    density = np.bincount(cells.ravel(), steps, (len(rows.codes) + 1) * width).reshape(-1, width)
    letters = np.cumsum(density, axis=0)[:-1] * solid[:, None]
    edges = np.flatnonzero(solid[1:] != solid[:-1]) + 1
    firsts, lasts = edges[::2], edges[1::2]
    if not len(firsts):
        return (), np.zeros((0, added.shape[1]))
    sums = np.add.reduceat(letters, firsts, axis=0)
    return _merged(rows.origins, firsts, lasts, sums)


def _gram_ends(rows: Rows, found: Entries, sizes: range) -> IntArray:
    places, families, word = found.places, found.families, len(sizes)
    spoken = words(rows.codes)
    word_ends = np.zeros(len(rows.codes), np.int64)
    pair_ends = np.zeros(len(rows.codes), np.int64)
    word_ends[spoken.starts] = spoken.ends
    pair_ends[spoken.starts[:-1]] = spoken.ends[1:]
    by_word = np.where(families == word + 1, pair_ends[places], word_ends[places])
    return np.where(families < word, places + families + sizes.start, by_word)


def _merged(
    origins: IntArray, firsts: IntArray, lasts: IntArray, sums: FloatArray
) -> tuple[Spans, FloatArray]:
    """Return one span for words that come from the same piece of the text (an address)."""
    starts = np.minimum.reduceat(origins[:, 0], firsts)
    # Rows of a pair of bounds each: what lies between words is looked at too, and left out.
    bounds = np.stack([firsts, lasts], axis=1).ravel()
    ends = np.maximum.reduceat(np.append(origins[:, 1], 0), bounds)[::2]
    furthest = np.maximum.accumulate(ends)
    apart = np.flatnonzero(np.append(True, starts[1:] >= furthest[:-1]))
    starts, ends = np.minimum.reduceat(starts, apart), np.maximum.reduceat(ends, apart)
    spans = tuple(zip(starts.tolist(), ends.tolist(), strict=True))
    return spans, np.add.reduceat(sums, apart, axis=0)


def _with_what_was_dropped(text: str, spans: Spans) -> Spans:
    """Return the spans with what normalising dropped behind their last letters.

    The soft sign of «боль», marks and joiners, the rest of a stretch or of a pair read as one.
    """
    return tuple(
        (start, _end_of_dropped(text, end, limit))
        for (start, end), (limit, _) in pairwise([*spans, (len(text), 0)])
    )


def _end_of_dropped(text: str, end: int, limit: int) -> int:
    of_word = text[end - 1].isalpha()
    for at in range(end, limit):
        if MEANING[ord(text[at])] != NOTHING and not (of_word and text[at].isalpha()):
            return at
    return limit


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of a text lie; blank ones are left out."""
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    return [(start, end) for start, end in spans if text[start:end].strip()]
