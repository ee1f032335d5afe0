"""An encoder's vectors on disk: an experiment that is run again need not read the texts again.

The file holds digests of texts and their vectors, no texts; another encoder's file is not used.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml.encoder import Encoder, Vectors

_SAVED_EVERY = 500


class Kept:
    """An encoder that reads a text once in its life, as long as the file is there."""

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self.judgements = encoder.judgements
        self._encoder, self._path = encoder, path
        self._known: dict[bytes, Vectors] = {}
        if path.exists():
            with np.load(path) as stored:
                if str(stored["name"]) == self.name:
                    digests = [bytes(each) for each in stored["digests"]]
                    self._known = dict(zip(digests, stored["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        new = {
            digest: text
            for digest, text in zip(digests, texts, strict=True)
            if digest not in self._known
        }
        missing = list(new)
        for start in range(0, len(missing), _SAVED_EVERY):
            some = missing[start : start + _SAVED_EVERY]
            vectors = self._encoder.encode([new[each] for each in some])
            self._known |= zip(some, vectors, strict=True)
            self._save()
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([self._known[each] for each in digests])

    def _save(self) -> None:
        unfinished = self._path.with_suffix(".new.npz")
        np.savez(
            unfinished,
            name=np.array(self.name),
            digests=np.array([np.frombuffer(each, np.uint8) for each in self._known]),
            vectors=np.stack(list(self._known.values())),
        )
        unfinished.replace(self._path)
