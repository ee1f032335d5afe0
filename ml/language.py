"""Which language a comment is in, and how sure: a small linear model of our own.

Read from letter triples of the clean text, before the scripts are folded together.
Inside, each script of a language is a class of its own, so that Uzbek in Cyrillic, Kazakh typed
without Kazakh letters and Russian typed in Latin ones are all known by their own n-grams.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from ml import container, hashing, transliterate
from ml.labels import Language
from ml.normalise import normalise_many
from ml.rows import Rows

FloatArray = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int32]

LANGUAGES = tuple(Language)
_NUMBERS = np.arange(len(LANGUAGES), dtype=np.int8)
FORMAT = 1
_HASH_BITS = 15
# So many characters tell as much as all 1500, and cost less.
_READ_MAX = 160
# How much each triple of a row of so many counts: one over the square root.
_SCALES = np.asarray(1 / np.sqrt(np.maximum(np.arange(_READ_MAX), 1)), np.float32)
_FILE = "language.model"
# What one site's word for the language adds to the evidence: a hint, soon outweighed by a text.
_HINT = 1.0


class Guess(NamedTuple):
    """The likeliest language of a text."""

    language: Language
    probability: float


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Weights by hashed n-gram and class; ``belongs`` says which language each class counts for."""

    weights: npt.NDArray[np.float32]  # (2 ** 15, classes)
    intercepts: npt.NDArray[np.float32]  # (classes,)
    belongs: npt.NDArray[np.int8]  # (classes,) index into LANGUAGES, ascending, none missing
    _firsts: npt.NDArray[np.int64] = field(init=False, repr=False)  # each language's first class

    def __post_init__(self) -> None:
        if (
            not np.array_equal(np.unique(self.belongs), _NUMBERS)
            or (np.diff(self.belongs) < 0).any()
        ):
            raise ValueError("Every language needs a class, and classes go by language.")
        object.__setattr__(self, "_firsts", self.belongs.searchsorted(_NUMBERS))

    @staticmethod
    @cache
    def bundled() -> "LanguageModel":
        """Return the model that ships with the package."""
        return LanguageModel.from_bytes(files("ml").joinpath(_FILE).read_bytes())

    @classmethod
    def from_bytes(cls, source: bytes) -> "LanguageModel":
        arrays, header = container.unpack(source)
        if header.get("kind") != "language" or header.get("format") != FORMAT:
            raise container.ContainerError("This is not a language model of this version.")
        return cls.from_arrays(arrays)

    @classmethod
    def from_arrays(cls, arrays: container.Arrays) -> "LanguageModel":
        weights = arrays["language_weights"].astype(np.float32) * arrays["language_scales"]
        return cls(weights, arrays["language_intercepts"], arrays["language_belongs"])

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the model as arrays of a container, a byte a weight."""
        scales = (np.abs(self.weights).max(0) / 127).astype(np.float32)
        return {
            "language_weights": np.rint(self.weights / scales).astype(np.int8),
            "language_scales": scales,
            "language_intercepts": self.intercepts,
            "language_belongs": self.belongs,
        }

    def to_bytes(self) -> bytes:
        return container.pack(self.to_arrays(), {"kind": "language", "format": FORMAT})

    def probabilities(
        self, clean: Rows, *, hints: Sequence[Language | None] | None = None
    ) -> FloatArray:
        """Return shape (n, len(Language)), each row summing to 1."""
        if not len(clean):
            return np.zeros((0, len(LANGUAGES)))
        columns, bounds = _triples(clean)
        sizes = bounds[1:] - bounds[:-1]
        weights = self.weights.take(columns, axis=0)
        if np.logical_and.reduce(sizes):
            sums = np.add.reduceat(weights, bounds[:-1], axis=0)
        else:  # what sums by rows wants each of them to start somewhere
            sums = np.zeros((len(sizes), len(self.intercepts)), np.float32)
            full = sizes.nonzero()[0]
            if len(full):
                sums[full] = np.add.reduceat(weights, bounds[full], axis=0)
        logits = (sums * _SCALES.take(sizes)[:, None] + self.intercepts).astype(np.float64)
        for i, hint in enumerate(hints or ()):
            if hint is not None:
                logits[i, self.belongs == LANGUAGES.index(hint)] += _HINT
        odds = np.exp(logits - np.maximum.reduce(logits, axis=1, keepdims=True))
        summed = np.add.reduceat(odds, self._firsts, axis=1)
        return np.asarray(summed / np.add.reduce(summed, axis=1, keepdims=True), np.float64)


def without_hints(probabilities: FloatArray, hints: Sequence[Language | None] | None) -> FloatArray:
    """Return in what order the languages would stand without what senders say of them.

    Not probabilities: rows do not sum to 1.
    """
    if not any(hints or ()):
        return probabilities
    plain = probabilities.copy()
    for i, hint in enumerate(hints or ()):
        if hint is not None:
            plain[i, LANGUAGES.index(hint)] /= np.exp(_HINT)
    return plain


def detect(text: str) -> Guess:
    """Return the likeliest language of one text."""
    return detect_many([text])[0]


def detect_many(texts: Sequence[str]) -> list[Guess]:
    """Return the likeliest language of each text, and its probability."""
    return guesses(LanguageModel.bundled().probabilities(normalise_many(texts).clean))


def guesses(probabilities: FloatArray) -> list[Guess]:
    """Return the likeliest language of each row."""
    best = probabilities.argmax(1).tolist()
    sure = np.maximum.reduce(probabilities, axis=1).tolist()
    return [Guess(LANGUAGES[i], p) for i, p in zip(best, sure, strict=True)]


def language_grams(rows: Rows) -> csr_array:
    """Return the letter triples of each row's beginning: shape (n, 2 ** 15), scaled by length."""
    columns, bounds = _triples(rows)
    sizes = np.diff(bounds)
    grams = (_SCALES.take(sizes).repeat(sizes), columns, bounds.astype(np.int32))
    return csr_array(grams, (len(rows), 1 << _HASH_BITS))


def _triples(rows: Rows) -> tuple[Columns, npt.NDArray[np.int64]]:
    """Return the column of every triple at the rows' beginnings, and where each row's begin."""
    rows = rows.beginnings(_READ_MAX)
    (triples,) = hashing.character_grams(rows.codes, range(3, 4))
    columns = (triples.hashes >> np.uint32(32 - _HASH_BITS)).view(np.int32)
    bounds = np.zeros(len(rows) + 1, np.int64)
    bounds[1:] = triples.places.searchsorted(rows.ends)
    return columns, bounds


def fit(texts: Sequence[str], languages: Sequence[Language], *, seed: int = 0) -> LanguageModel:
    """Train on texts of known language; the other scripts of each are made from them.

    Raises:
        ValueError: a language without a text.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - scoring needs none

    written, classes = _in_every_script(texts, languages)
    missing = set(LANGUAGES) - set(languages)
    if missing:
        raise ValueError(f"No text in: {', '.join(sorted(missing))}.")
    names = sorted(set(classes), key=lambda name: (LANGUAGES.index(_language(name)), name))
    grams = language_grams(normalise_many(written).clean)
    model = LogisticRegression(C=30.0, max_iter=1000, class_weight="balanced", random_state=seed)
    model.fit(grams, [names.index(name) for name in classes])
    fitted = LanguageModel(
        model.coef_.T.astype(np.float32),
        model.intercept_.astype(np.float32),
        np.array([LANGUAGES.index(_language(name)) for name in names], np.int8),
    )
    # What is used is what will be stored: a byte a weight.
    return LanguageModel.from_bytes(fitted.to_bytes())


def _language(name: str) -> Language:
    return Language(name.partition("-")[0])


def _in_every_script(
    texts: Sequence[str], languages: Sequence[Language]
) -> tuple[list[str], list[str]]:
    written: list[str] = []
    classes: list[str] = []
    for text, language in zip(texts, languages, strict=True):
        for script, version in _versions(text, language):
            written.append(version)
            classes.append(f"{language}-{script}")
    return written, classes


def _versions(text: str, language: Language) -> Iterator[tuple[str, str]]:
    cyrillic = sum("\u0400" <= c < "\u0530" for c in text) * 2 > sum(c.isalpha() for c in text)
    if language in {Language.ENGLISH, Language.OTHER}:
        yield "own", text
    elif language is Language.UZBEK:
        yield "latin", transliterate.uzbek_to_latin(text) if cyrillic else text
        yield "cyrillic", text if cyrillic else transliterate.uzbek_to_cyrillic(text)
    elif language is Language.RUSSIAN:
        yield ("cyrillic" if cyrillic else "latin"), text
        # One word in Latin letters is another language's more often than transliterated: идиот.
        if cyrillic and " " in text.strip():
            yield "latin", transliterate.russian_to_latin(text)
    elif cyrillic:
        yield "cyrillic", text
        yield "cyrillic", transliterate.kazakh_without_kazakh_letters(text)
        yield "latin", transliterate.kazakh_to_latin(text)
    else:
        yield "latin", text
