"""A small sentence encoder run by array operations: the pieces of texts in, their states out.

The texts of a batch lie one after the other in one table, since for short ones fetching the weights
costs more than multiplying by them; each text attends to itself alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.e5_file import E5File

Floats = npt.NDArray[np.float32]

# The matrices that an adapter may change, and how each is called in the file.
MATRICES = ("qkv", "ao", "fi", "fo")
_ROOT = np.float32(np.sqrt(2 / np.pi))
_CUBE = np.float32(0.044715)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's weights, ready to be multiplied from the right: shape (in, out)."""

    qkv: Floats
    qkv_bias: Floats
    ao: Floats
    ao_bias: Floats
    ao_scale: Floats
    ao_shift: Floats
    fi: Floats
    fi_bias: Floats
    fo: Floats
    fo_bias: Floats
    fo_scale: Floats
    fo_shift: Floats


@dataclass(frozen=True, slots=True)
class Transformer:
    """An encoder of XLM-RoBERTa's kind with mean pooling.

    The bend of its inner layer is the usual approximation by a hyperbolic tangent.
    """

    file: E5File
    layers: Sequence[Layer]

    @classmethod
    def of(
        cls, file: E5File, changes: Mapping[str, Floats] | None = None, *, layers: int | None = None
    ) -> "Transformer":
        """Return the network of a file, with an adapter's changes added to its matrices.

        Args:
            file: the packed weights.
            changes: ``"<layer>.<matrix>"`` → what is added, shape (in, out).
            layers: only so many from the bottom; by default all.
        """
        count = file.sizes.layers if layers is None else layers
        return cls(file, [_layer(file, n, changes or {}) for n in range(count)])

    def hidden(self, texts: Sequence[Sequence[int]]) -> list[Floats]:
        """Return the last layer's states of each text's pieces, shape (pieces, hidden) for each."""
        file = self.file
        sizes = [len(numbers) for numbers in texts]
        places = np.concatenate([np.arange(size) for size in sizes])
        positions = file.plain("emb.pos").reshape(-1, file.sizes.hidden)
        x = file.packed("emb.word", np.concatenate([np.array(n, np.int64) for n in texts]))
        x += file.plain("emb.type")[: file.sizes.hidden] + positions[places]
        x = self._norm(x, file.plain("emb.ln.w"), file.plain("emb.ln.b"))
        cuts = np.cumsum(sizes)[:-1]
        for layer in self.layers:
            x = self._norm(x + self._attended(x, cuts, layer), layer.ao_scale, layer.ao_shift)
            inner = _bent(x @ layer.fi + layer.fi_bias)
            x = self._norm(x + inner @ layer.fo + layer.fo_bias, layer.fo_scale, layer.fo_shift)
        return np.split(x, cuts)

    def _attended(self, x: Floats, cuts: npt.NDArray[np.int64], layer: Layer) -> Floats:
        heads = self.file.sizes.heads
        asked = (x @ layer.qkv + layer.qkv_bias).reshape(len(x), 3, heads, -1)
        mixed = np.concatenate([_mixed(one) for one in np.split(asked, cuts)])
        return mixed @ layer.ao + layer.ao_bias

    def _norm(self, x: Floats, scale: Floats, shift: Floats) -> Floats:
        away = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((away * away).mean(axis=-1, keepdims=True) + np.float32(self.file.epsilon))
        normed: Floats = away / spread * scale + shift
        return normed


def _mixed(asked: Floats) -> Floats:
    """Return one text's values mixed by attention, shape (pieces, hidden)."""
    query, key, value = asked.transpose(1, 2, 0, 3)
    weights = query @ key.transpose(0, 2, 1) * np.float32(query.shape[-1] ** -0.5)
    weights -= weights.max(axis=-1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    mixed: Floats = (weights @ value).transpose(1, 0, 2).reshape(len(asked), -1)
    return mixed


def _bent(x: Floats) -> Floats:
    bent: Floats = x * x
    bent *= _CUBE * x
    bent += x
    bent *= _ROOT
    np.tanh(bent, out=bent)
    bent += 1
    bent *= x
    bent *= np.float32(0.5)
    return bent


def _layer(file: E5File, number: int, changes: Mapping[str, Floats]) -> Layer:
    def matrix(name: str, *parts: str) -> Floats:
        whole = np.concatenate([file.packed(f"l{number}.{part}.w") for part in parts]).T
        changed = whole + changes.get(f"{number}.{name}", np.float32(0))
        return np.ascontiguousarray(changed, np.float32)

    def plain(*names: str) -> Floats:
        return np.concatenate([file.plain(f"l{number}.{name}") for name in names])

    return Layer(
        qkv=matrix("qkv", "q", "k", "v"),
        qkv_bias=plain("q.b", "k.b", "v.b"),
        ao=matrix("ao", "ao"),
        ao_bias=plain("ao.b"),
        ao_scale=plain("aln.w"),
        ao_shift=plain("aln.b"),
        fi=matrix("fi", "fi"),
        fi_bias=plain("fi.b"),
        fo=matrix("fo", "fo"),
        fo_bias=plain("fo.b"),
        fo_scale=plain("oln.w"),
        fo_shift=plain("oln.b"),
    )
