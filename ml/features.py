"""From normalised texts to one sparse matrix: hashed words, word pairs and character n-grams."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, TransformerMixin

from ml import hashing
from ml.hashing import Places
from ml.labels import Language
from ml.language import LANGUAGES, LanguageModel, without_hints
from ml.listed import Listed
from ml.normalise import Batch, normalise_many
from ml.packed import Bounds, Columns
from ml.rows import Rows

FloatArray = npt.NDArray[np.float64]

# Texts are hashed so many at a time: enough to be quick, few enough to stay in the cache.
_CHUNK = 256


@dataclass(slots=True)
class Features:
    """What the labels are judged by: the n-grams of each text, and how sure each language is.

    Row i has the n-grams ``columns[bounds[k, i]:bounds[k, i + 1]]`` for every k, each of which
    counts one over the square root of their number, so that long and short texts are judged alike.
    A language may have a table of weights of its own: its rows' columns then lie behind those of
    the tables before it, ``size`` in each.
    """

    columns: Columns
    bounds: Bounds  # (k, n + 1)
    languages: FloatArray  # (n, len(Language)), rows sum to 1
    size: int  # 2 ** hash_bits
    tables: Bounds  # (n,), in which table each row is looked up
    own_tables: tuple[Language, ...] = ()  # whose the tables after the first are

    def __len__(self) -> int:
        return len(self.languages)

    @property
    def spoken(self) -> FloatArray:
        """The languages that what is not said by n-grams goes by, shape (n, len(Language)).

        A row that is looked up in a language's own table goes by that language alone.
        """
        apart = self.tables.nonzero()[0]
        if not len(apart):
            return self.languages
        shares = self.languages.copy()
        shares[apart] = _OWN_SHARES.take(_places(self.own_tables).take(self.tables[apart]), axis=0)
        return shares

    @property
    def width(self) -> int:
        """The number of columns of all tables together."""
        return self.size * (1 + len(self.own_tables))

    def in_one_table(self) -> Self:
        """Return the same as if all languages shared the first table."""
        return replace(
            self,
            columns=self.columns & np.int32(self.size - 1),
            tables=np.zeros_like(self.tables),
            own_tables=(),
        )

    @property
    def columns_of_every_table(self) -> Columns:
        """The columns that these n-grams have in any table."""
        starts = np.arange(0, self.width, self.size, dtype=np.int32)
        return (starts[:, None] + self.in_one_table().columns).ravel()

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """The number of n-grams of each row."""
        sizes: npt.NDArray[np.int64] = np.add.reduce(self.bounds[:, 1:] - self.bounds[:, :-1])
        return sizes

    @property
    def scales(self) -> FloatArray:
        """How much each n-gram of a row counts."""
        return np.asarray(1 / np.sqrt(np.maximum(self.sizes, 1)), np.float64)

    @property
    def grams(self) -> csr_array:
        """The n-grams as a matrix, shape (n, width), float32: what training reads."""
        whole = self.by_row()
        counts = whole.scales.astype(np.float32).repeat(whole.sizes)
        bounds = whole.bounds[0].astype(np.int32)  # as wide as the columns, or both get wider
        return csr_array((counts, whole.columns, bounds), (len(self), self.width))

    def by_row(self) -> Self:
        """Return the same with all n-grams of a row together: ``bounds`` of shape (1, n + 1)."""
        if len(self.bounds) == 1:
            return self
        sizes = self.bounds[:, 1:] - self.bounds[:, :-1]
        rows = np.tile(np.arange(len(self)), len(sizes)).repeat(sizes.ravel())
        ends = np.cumsum(sizes.sum(axis=0))
        columns = self.columns[rows.argsort(kind="stable")]
        return replace(self, columns=columns, bounds=np.append(0, ends)[None])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the rows of all parts, one after the other."""
        parts = [part.by_row() for part in parts]
        return cls(
            np.concatenate([part.columns for part in parts]),
            np.append(0, np.cumsum(np.concatenate([part.sizes for part in parts])))[None],
            np.concatenate([part.languages for part in parts]),
            parts[0].size,
            np.concatenate([part.tables for part in parts]),
            parts[0].own_tables,
        )


@dataclass(slots=True)
class Entries:
    """The n-grams of a batch, family by family, each in the order of the text.

    A family for each size of character n-gram, then the words, the pairs of words, and if there are
    lists, the words that stand in one. Row i has those of family k from ``bounds[k, i]`` to
    ``bounds[k, i + 1]``.
    """

    columns: Columns
    bounds: Bounds  # (families, n + 1)
    kinds: Sequence[hashing.Grams]  # the families

    @property
    def places(self) -> Places:
        """Where in the rows each one begins."""
        return np.concatenate([kind.places for kind in self.kinds])

    @property
    def families(self) -> Places:
        """The family of each: characters, by size; then words; then pairs; then listed words."""
        return np.arange(len(self.kinds)).repeat([len(kind.places) for kind in self.kinds])


_PROBE = (
    "Don't g0 t0 https://www.example.com/x?y, @somebody, i d i o t! Ёжик хочет щи, cукин сын; "
    "oʻzbekcha yo'q, ўзбекча йўқ, қазақша сөз, zhizn' hooooorosho 2024 😂 &amp; \u200b<b>é</b>"
)
# scikit-learn's wrapper around transform() looks for data frames, which costs as much as hashing.
_NOT_WRAPPED: dict[str, Any] = {"auto_wrap_output_keys": None}
# Keeps a word and a character n-gram of the same letters apart.
_WORD_SALT = np.uint32(0x5BD1E995)


def entries(rows: Rows, *, hash_bits: int, sizes: range, listed: Listed | None = None) -> Entries:
    """Return every n-gram of the rows, hashed to ``hash_bits`` bits."""
    words = hashing.words(rows.codes)
    kinds = [
        *hashing.character_grams(rows.codes, sizes),
        hashing.Grams(words.starts, words.hashes ^ _WORD_SALT),
        hashing.word_pairs(words, rows.ends),
    ]
    if listed is not None:
        kinds.append(listed.grams(words))
    hashes = np.concatenate([kind.hashes for kind in kinds])
    hashes >>= np.uint32(32 - hash_bits)
    bounds = np.zeros((len(kinds), len(rows) + 1), np.int64)
    if len(rows) == 1:  # all are its own
        bounds[:, 1] = [len(kind.places) for kind in kinds]
    else:
        bounds[:, 1:] = [kind.places.searchsorted(rows.ends) for kind in kinds]
    bounds[1:] += bounds[:-1, -1:].cumsum(axis=0)
    return Entries(hashes.view(np.int32), bounds, kinds)


class Normaliser(TransformerMixin, BaseEstimator, **_NOT_WRAPPED):  # type: ignore[misc]  # untyped bases
    """Texts → :class:`ml.normalise.Batch`."""

    def fit(self, texts: Sequence[str], targets: object = None) -> Self:  # noqa: ARG002
        return self

    def transform(self, texts: Sequence[str]) -> Batch:
        return normalise_many(texts)

    def __sklearn_is_fitted__(self) -> bool:
        return True


class Grams(TransformerMixin, BaseEstimator, **_NOT_WRAPPED):  # type: ignore[misc]  # untyped bases
    """Normalised texts → :class:`Features`; stateless but for the language model it is given."""

    def __init__(
        self,
        *,
        hash_bits: int = 19,
        shortest: int = 3,
        longest: int = 5,
        own_tables: tuple[Language, ...] = (),
        language_model: LanguageModel | None = None,
        listed: Listed | None = None,
    ) -> None:
        self.hash_bits = hash_bits
        self.shortest = shortest
        self.longest = longest
        self.own_tables = own_tables
        self.language_model = language_model
        self.listed = listed

    def fit(self, batch: Batch, targets: object = None) -> Self:  # noqa: ARG002
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    @property
    def sizes(self) -> range:
        """How many characters the character n-grams have."""
        return range(self.shortest, self.longest + 1)

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
        return Features.joined(parts)

    def entries(self, batch: Batch) -> Entries:
        """Return the n-grams of a batch, in the order of the texts."""
        return entries(batch.folded, hash_bits=self.hash_bits, sizes=self.sizes, listed=self.listed)

    def fingerprint(self) -> str:
        """Return a digest of how a probe in all scripts is read, to tell a change of features."""
        batch = normalise_many([_PROBE])
        found = self.entries(batch)
        columns = found.columns[np.lexsort((found.families, found.places))]
        read = columns.tobytes() + batch.clean.codes.tobytes()
        return sha256(read).hexdigest()[:16]

    def _features(self, batch: Batch, hints: Sequence[Language | None] | None = None) -> Features:
        return self.features_of(batch, self.entries(batch), hints=hints)

    def features_of(
        self,
        batch: Batch,
        found: Entries,
        *,
        hints: Sequence[Language | None] | None = None,
        languages: FloatArray | None = None,
    ) -> Features:
        """Return the features of a batch whose n-grams have been found already.

        ``languages``, shape (n, len(Language)), stand in place of those that the texts would be
        taken for, with the same ``hints``. What a sender says of a language does not move a text to
        another table, since what it teaches later is read without.
        """
        if languages is None:
            languages = self.languages_by.probabilities(batch.clean, hints=hints)
        plain = without_hints(languages, hints)
        tables = _table_of_each(self.own_tables).take(plain.argmax(axis=1))
        size = 1 << self.hash_bits
        columns = _placed(found, tables * size)
        return Features(columns, found.bounds, languages, size, tables, self.own_tables)


_OWN_SHARES = np.eye(len(LANGUAGES))


@cache
def _table_of_each(own_tables: tuple[Language, ...]) -> Bounds:
    """Return the table of each language; the first is for all that have none of their own."""
    places = {language: 1 + place for place, language in enumerate(own_tables)}
    return np.array([places.get(language, 0) for language in LANGUAGES], np.int64)


@cache
def _places(own_tables: tuple[Language, ...]) -> Bounds:
    """Return the place among the languages of each table's own; the first table's is nobody's."""
    return np.array([-1, *map(LANGUAGES.index, own_tables)], np.int64)


def _placed(found: Entries, starts: Bounds) -> Columns:
    """Return the columns of each row's n-grams behind where its table starts."""
    first = starts[:1]
    if len(starts) == 1 or (starts == first).all():
        return found.columns + first.astype(np.int32)
    sizes = found.bounds[:, 1:] - found.bounds[:, :-1]
    each = np.tile(starts.astype(np.int32), len(sizes)).repeat(sizes.ravel())
    return found.columns + each


def _chunks(batch: Batch) -> Iterator[tuple[int, Batch]]:
    for first in range(0, len(batch), _CHUNK):
        last = min(first + _CHUNK, len(batch))
        yield first, Batch(batch.clean.span(first, last), batch.folded.span(first, last))
