"""From normalised texts to one sparse matrix: hashed words, word pairs and character n-grams."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack
from sklearn.base import BaseEstimator, TransformerMixin

from ml import hashing
from ml.labels import Language
from ml.language import LanguageModel
from ml.normalise import Batch, normalise_many
from ml.rows import Rows

FloatArray = npt.NDArray[np.float64]

# Texts are hashed so many at a time: enough to be quick, few enough to stay in the cache.
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Features:
    """What the labels are judged by: the n-grams of each text, and how sure each language is."""

    grams: csr_array  # (n, 2 ** hash_bits) float32; each row's entries are equal
    languages: FloatArray  # (n, len(Language)), rows sum to 1

    def __len__(self) -> int:
        return len(self.languages)


@dataclass(frozen=True, slots=True)
class Entries:
    """The n-grams of a batch in the order of the text: row i has those up to ``bounds[i + 1]``.

    Each place of a text has a slot for every family of n-grams that may begin there: one for each
    size of character n-gram, then the word, then the pair of words.
    """

    columns: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int32]
    slots: npt.NDArray[np.int64]  # place * families + family
    sizes: range

    @property
    def places(self) -> npt.NDArray[np.int64]:
        return self.slots // _families(self.sizes)

    @property
    def families(self) -> npt.NDArray[np.int64]:
        """The family of each entry: below ``len(sizes)`` characters, then the word, then pairs."""
        return self.slots % _families(self.sizes)


def _families(sizes: range) -> int:
    return len(sizes) + 2


_PROBE = (
    "Don't g0 t0 https://www.example.com/x?y, @somebody, i d i o t! Ёжик хочет щи, cукин сын; "
    "oʻzbekcha yo'q, ўзбекча йўқ, қазақша сөз, zhizn' hooooorosho 2024 😂 &amp; \u200b<b>é</b>"
)
# scikit-learn's wrapper around transform() looks for data frames, which costs as much as hashing.
_NOT_WRAPPED: dict[str, Any] = {"auto_wrap_output_keys": None}
# Keeps a word and a character n-gram of the same letters apart.
_WORD_SALT = np.uint32(0x5BD1E995)


def entries(rows: Rows, *, hash_bits: int, sizes: range) -> Entries:
    """Return every n-gram of the rows, hashed to ``hash_bits`` bits."""
    codes = rows.codes
    families, word = _families(sizes), len(sizes)
    drop = np.uint32(32 - hash_bits)
    hashes = np.zeros((len(codes), families), np.uint32)
    present = np.zeros((len(codes), families), bool)
    for slot, (grams, allowed) in enumerate(hashing.character_grams(codes, sizes)):
        hashes[: len(grams), slot] = grams
        present[: len(grams), slot] = allowed
    words = hashing.words(codes)
    hashes[words.starts, word] = words.hashes ^ _WORD_SALT
    present[words.starts, word] = True
    if len(words.hashes) > 1:
        row = rows.ends.searchsorted(words.starts, "right")
        same = (row[1:] == row[:-1]).nonzero()[0]
        hashes[words.starts[same], word + 1] = hashing.word_pairs(words.hashes)[same]
        present[words.starts[same], word + 1] = True
    slots = present.ravel().nonzero()[0]
    columns = (hashes.ravel().take(slots) >> drop).view(np.int32)
    bounds = np.zeros(len(rows) + 1, np.int64)
    bounds[1:] = slots.searchsorted(rows.ends * families)
    return Entries(columns, bounds.astype(np.int32), slots, sizes)


class Normaliser(TransformerMixin, BaseEstimator, **_NOT_WRAPPED):  # type: ignore[misc]  # untyped bases
    """Texts → :class:`ml.normalise.Batch`."""

    def fit(self, texts: Sequence[str], targets: object = None) -> Self:  # noqa: ARG002
        return self

    def transform(self, texts: Sequence[str]) -> Batch:
        return normalise_many(texts)

    def __sklearn_is_fitted__(self) -> bool:
        return True


class Grams(TransformerMixin, BaseEstimator, **_NOT_WRAPPED):  # type: ignore[misc]  # untyped bases
    """Normalised texts → :class:`Features`; stateless but for the language model it is given.

    Each row is scaled by one over the square root of its number of n-grams, so that long and short
    texts are judged alike.
    """

    def __init__(
        self,
        *,
        hash_bits: int = 19,
        shortest: int = 3,
        longest: int = 5,
        language_model: LanguageModel | None = None,
    ) -> None:
        self.hash_bits = hash_bits
        self.shortest = shortest
        self.longest = longest
        self.language_model = language_model

    def fit(self, batch: Batch, targets: object = None) -> Self:  # noqa: ARG002
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    @property
    def languages_by(self) -> LanguageModel:
        """What tells the languages apart: the bundled model unless another was given."""
        return self.language_model or LanguageModel.bundled()

    def transform(
        self, batch: Batch, *, hints: Sequence[Language | None] | None = None
    ) -> Features:
        if len(batch) <= _CHUNK:
            return self._features(batch, hints)
        parts = [
            self._features(part, hints and hints[first : first + _CHUNK])
            for first, part in _chunks(batch)
        ]
        return Features(
            vstack([p.grams for p in parts], "csr"), np.concatenate([p.languages for p in parts])
        )

    def entries(self, batch: Batch) -> Entries:
        """Return the n-grams of a batch, in the order of the texts."""
        sizes = range(self.shortest, self.longest + 1)
        return entries(batch.folded, hash_bits=self.hash_bits, sizes=sizes)

    def fingerprint(self) -> str:
        """Return a digest of how a probe in all scripts is read, to tell a change of features."""
        batch = normalise_many([_PROBE])
        read = self.entries(batch).columns.tobytes() + batch.clean.codes.tobytes()
        return sha256(read).hexdigest()[:16]

    def _features(self, batch: Batch, hints: Sequence[Language | None] | None = None) -> Features:
        return self.features_of(batch, self.entries(batch), hints=hints)

    def features_of(
        self, batch: Batch, found: Entries, *, hints: Sequence[Language | None] | None = None
    ) -> Features:
        """Return the features of a batch whose n-grams have been found already."""
        sizes = found.bounds[1:] - found.bounds[:-1]
        scales = (1 / np.sqrt(np.maximum(sizes, 1))).astype(np.float32)
        shape = (len(batch), 1 << self.hash_bits)
        grams = csr_array((scales.repeat(sizes), found.columns, found.bounds), shape)
        return Features(grams, self.languages_by.probabilities(batch.clean, hints=hints))


def _chunks(batch: Batch) -> Iterator[tuple[int, Batch]]:
    for first in range(0, len(batch), _CHUNK):
        last = min(first + _CHUNK, len(batch))
        yield first, Batch(batch.clean.span(first, last), batch.folded.span(first, last))
