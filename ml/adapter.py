"""What training adds to the sentence encoder: small changes of its matrices, and a judging head.

A change is the product of two thin matrices (Hu et al. 2021, "LoRA"), added once when the encoder
is loaded, so that it costs nothing afterwards. The adapter has a file of its own, since first tiers
come and go with every retraining while it stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from ml import container

Floats = npt.NDArray[np.float32]

FORMAT = 1
_KIND = "adapter"


class AdapterError(Exception):
    """The adapter is refused; the message says why, in a sentence for a person."""


class AdapterOfAnotherFormat(AdapterError):
    """The adapter is whole, and written for another release."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """Thin matrices by the name of what they change, and a line through the pooled states.

    Attributes:
        layers: so many of the encoder's layers are used, from the bottom.
        downs: ``"<layer>.<matrix>"`` → shape (in, rank).
        ups: the same names → shape (rank, out); the change is ``down @ up``.
        head: shape (hidden, labels).
        head_bias: shape (labels,).
        window: a text is read in windows of so many pieces, beside the marks of begin and end.
        digest: of its file.
    """

    layers: int
    downs: Mapping[str, Floats]
    ups: Mapping[str, Floats]
    head: Floats
    head_bias: Floats
    window: int
    digest: str

    def changes(self) -> dict[str, Floats]:
        """Return what is added to each matrix, shape (in, out)."""
        return {name: down @ self.ups[name] for name, down in self.downs.items()}

    def to_bytes(self) -> bytes:
        """Return the file: half-precision matrices, the same bytes for the same adapter."""
        arrays: dict[str, npt.NDArray[np.generic]] = {"head": self.head, "bias": self.head_bias}
        arrays |= {f"{name}.down": down.astype(np.float16) for name, down in self.downs.items()}
        arrays |= {f"{name}.up": up.astype(np.float16) for name, up in self.ups.items()}
        header = {"kind": _KIND, "format": FORMAT, "layers": self.layers, "window": self.window}
        return container.pack(arrays, header)

    @classmethod
    def load(cls, source: Path | bytes) -> Self:
        """Return the adapter of a file.

        Raises:
            AdapterError: missing, cut short, changed, incomplete, or of another format version.
        """
        try:
            packed = source if isinstance(source, bytes) else source.read_bytes()
            arrays, header = container.unpack(packed)
        except (OSError, container.ContainerError) as error:
            raise AdapterError(f"The encoder's adapter cannot be read: {error}") from error
        if (header.get("kind"), header.get("format")) != (_KIND, FORMAT):
            raise AdapterOfAnotherFormat("The file holds no encoder's adapter of this release.")
        thin = {name: array.astype(np.float32) for name, array in arrays.items()}
        try:
            return cls(
                layers=header["layers"],
                downs=_ending(thin, ".down"),
                ups=_ending(thin, ".up"),
                head=thin["head"],
                head_bias=thin["bias"],
                window=header["window"],
                digest=container.digest(packed),
            )
        except KeyError as error:
            raise AdapterError(f"The encoder's adapter has no {error}.") from error


def _ending(arrays: Mapping[str, Floats], end: str) -> dict[str, Floats]:
    return {name.removesuffix(end): array for name, array in arrays.items() if name.endswith(end)}
