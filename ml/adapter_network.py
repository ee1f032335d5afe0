"""The encoder once more, in the framework that can derive it, with what is learned beside it.

Only thin matrices and a head are learned; the encoder's own weights stay as they came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from ml.adapter import Adapter
from ml.adapter_batches import LENGTHS, BoolArray, by_length
from ml.e5_file import E5File
from ml.reading import read
from ml.transformer import MATRICES, Transformer

Floats = npt.NDArray[np.float32]
# What the framework passes through a function that it derives: arrays, or trees of them.
Traced: TypeAlias = Any

# A label that few corpora know must not drown the one that all know.
LABEL_WEIGHTS = np.array([1.0, 0.3, 0.6, 0.6, 0.6, 0.5, 0.4, 0.6], np.float32)
_MASKED = -1e9
_MEASURED = 300  # texts by which the spread of the untaught encoder's states is told


class Batch(NamedTuple):
    """Texts of like length: embedded pieces, which are there, what is said, what is known."""

    words: Traced
    mask: Traced
    says: Traced
    known: Traced


@dataclass(frozen=True, slots=True)
class Plan:
    """How the adapter is shaped and taught.

    Attributes:
        layers: of the encoder, from the bottom; the upper ones are left out.
        frozen: so many of them, from the bottom, stay as they came.
        rank: of the thin matrices.
        strength: what their product is multiplied by.
        peak: the highest learning rate; it rises over ``warm_up`` steps and falls to nothing.
        rounds: how often each text is read.
        window: so many pieces of a text are read.
        left_out: such a share of its pieces is left out by chance, so that no one is relied on.
    """

    layers: int = 8
    frozen: int = 0
    rank: int = 48
    strength: float = 2.0
    peak: float = 6e-4
    warm_up: int = 80
    rounds: int = 1
    window: int = LENGTHS[-1]
    left_out: float = 0.06

    def onwards(self) -> Self:
        """Return the plan for going on from an adapter: at half the pace, not to unlearn it."""
        return replace(self, peak=self.peak / 2)


class Network:
    """The encoder once more, in the framework that can derive it."""

    def __init__(self, file: E5File, plan: Plan) -> None:
        hidden = file.sizes.hidden
        self._file = file
        self._plan = plan
        self._heads = file.sizes.heads
        layers = Transformer.of(file, layers=plan.layers).layers
        self.constants: dict[str, Any] = {
            "layers": [{name: getattr(one, name) for name in one.__slots__} for one in layers],
            "type": file.plain("emb.type")[:hidden],
            "positions": file.plain("emb.pos").reshape(-1, hidden),
            "scale": file.plain("emb.ln.w"),
            "shift": file.plain("emb.ln.b"),
            "mean": np.zeros(hidden, np.float32),
            "spread": np.ones(hidden, np.float32),
        }

    def numbered(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the pieces of each text, read as the encoder will read them."""
        file, room = self._file, self._plan.window - 2
        return [
            [file.begin, *file.pieces.of(f"query: {text}", at_most=room), file.end]
            for text in read(texts)
        ]

    def packed(self, texts: Sequence[Sequence[int]], length: int) -> tuple[Floats, BoolArray]:
        """Return the embedded pieces of texts, (n, length, hidden), and which of them are there."""
        numbers = np.zeros((len(texts), length), np.int64)
        mask = np.zeros((len(texts), length), bool)
        for row, text in enumerate(texts):
            numbers[row, : len(text)] = text
            mask[row, : len(text)] = True
        words = self._file.packed("emb.word", numbers.ravel())
        return words.reshape(*numbers.shape, -1), mask

    def start(self, texts: Sequence[Sequence[int]], labels: int, seed: int) -> dict[str, Any]:
        """Return fresh parameters, and measure how the untaught encoder's states spread."""
        import jax  # noqa: PLC0415

        draws = np.random.default_rng(seed)
        first = self.constants["layers"][0]
        parameters: dict[str, Any] = {"added": []}
        for _ in range(self._plan.frozen, self._plan.layers):
            thin = {}
            for name in MATRICES:
                down, up = first[name].shape
                thin[f"{name}.down"] = draws.normal(0, down**-0.5, (down, self._plan.rank))
                thin[f"{name}.up"] = np.zeros((self._plan.rank, up))
            parameters["added"].append({k: v.astype(np.float32) for k, v in thin.items()})
        parameters["head"] = np.zeros((self._file.sizes.hidden, labels), np.float32)
        parameters["bias"] = np.full(labels, -1.5, np.float32)
        pool = jax.jit(self._pooled)
        pooled = [
            np.asarray(pool(parameters, self.constants, *self.packed(alike, length)))
            for length, alike in by_length(texts[:_MEASURED])
        ]
        self.constants["mean"] = np.concatenate(pooled).mean(axis=0)
        self.constants["spread"] = np.concatenate(pooled).std(axis=0) + np.float32(1e-3)
        return parameters

    def start_from(self, adapter: Adapter) -> dict[str, Any]:
        """Return the parameters that an adapter was written from."""
        added = []
        for layer in range(self._plan.frozen, self._plan.layers):
            thin = {}
            for name in MATRICES:
                thin[f"{name}.down"] = adapter.downs[f"{layer}.{name}"]
                up = adapter.ups[f"{layer}.{name}"]
                thin[f"{name}.up"] = up / np.float32(self._plan.strength)
            added.append(thin)
        return {
            "added": added,
            "head": adapter.head * self.constants["spread"][:, None],
            "bias": adapter.head_bias + self.constants["mean"] @ adapter.head,
        }

    def _pooled(self, parameters: Traced, constants: Traced, words: Traced, mask: Traced) -> Traced:
        import jax  # noqa: PLC0415

        size, length = mask.shape
        x = words + constants["type"] + constants["positions"][:length]
        x = _norm(x, constants["scale"], constants["shift"]).reshape(size * length, -1)
        for number, layer in enumerate(constants["layers"]):
            above = number - self._plan.frozen
            if above == 0:
                x = jax.lax.stop_gradient(x)
            x = self._layer(x, mask, layer, parameters["added"][above] if above >= 0 else None)
        counted = mask[..., None]
        return (x.reshape(size, length, -1) * counted).sum(1) / counted.sum(1)

    def _layer(self, x: Traced, mask: Traced, layer: Traced, added: Traced) -> Traced:
        import jax  # noqa: PLC0415

        def times(x: Traced, name: str) -> Traced:
            y = x @ layer[name] + layer[f"{name}_bias"]
            if added is not None:
                change = (x @ added[f"{name}.down"]) @ added[f"{name}.up"]
                y = y + change * self._plan.strength
            return y

        size, length = mask.shape
        asked = times(x, "qkv").reshape(size, length, 3, self._heads, -1)
        query, key, value = asked[:, :, 0], asked[:, :, 1], asked[:, :, 2]
        weights = jax.numpy.einsum("bthd,bshd->bhts", query, key) * query.shape[-1] ** -0.5
        weights = jax.nn.softmax(jax.numpy.where(mask[:, None, None], weights, _MASKED), -1)
        mixed = jax.numpy.einsum("bhts,bshd->bthd", weights, value).reshape(size * length, -1)
        x = _norm(x + times(mixed, "ao"), layer["ao_scale"], layer["ao_shift"])
        inner = jax.nn.gelu(times(x, "fi"), approximate=True)
        return _norm(x + times(inner, "fo"), layer["fo_scale"], layer["fo_shift"])

    def _loss(self, parameters: Traced, constants: Traced, batch: Batch) -> Traced:
        import jax  # noqa: PLC0415

        pooled = self._pooled(parameters, constants, batch.words, batch.mask)
        states = (pooled - constants["mean"]) / constants["spread"]
        logits = states @ parameters["head"] + parameters["bias"]
        losses = jax.numpy.logaddexp(0, logits) - batch.says * logits
        return (losses * batch.known * LABEL_WEIGHTS).sum() / len(batch.says)

    def step(
        self, state: Traced, constants: Traced, batch: Batch, pace: tuple[float, float]
    ) -> Traced:
        """Return the state after one step of Adam, and the loss before it.

        Args:
            state: parameters, and the running means of their slopes and of its squares.
            constants: what is not learned.
            batch: what is read.
            pace: the learning rate, and which step this is, from 1.
        """
        import jax  # noqa: PLC0415

        parameters, mean, square = state
        rate, number = pace
        loss, slope = jax.value_and_grad(self._loss)(parameters, constants, batch)
        length = sum((one * one).sum() for one in jax.tree.leaves(slope)) ** 0.5
        slope = jax.tree.map(lambda one: one / jax.numpy.maximum(1, length), slope)
        mean = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, mean, slope)
        square = jax.tree.map(lambda a, b: 0.98 * a + 0.02 * b * b, square, slope)
        parameters = jax.tree.map(
            lambda p, m, s: (
                p - rate * (m / (1 - 0.9**number)) / ((s / (1 - 0.98**number)) ** 0.5 + 1e-8)
            ),
            parameters,
            mean,
            square,
        )
        return (parameters, mean, square), loss

    def adapter(self, parameters: Mapping[str, Any]) -> Adapter:
        """Return what was learned, with the standardising folded into the head."""
        downs, ups = {}, {}
        for above, thin in enumerate(parameters["added"]):
            for name in MATRICES:
                key = f"{above + self._plan.frozen}.{name}"
                downs[key] = np.asarray(thin[f"{name}.down"])
                ups[key] = np.asarray(thin[f"{name}.up"]) * np.float32(self._plan.strength)
        head = np.asarray(parameters["head"]) / self.constants["spread"][:, None]
        bias = np.asarray(parameters["bias"]) - self.constants["mean"] @ head
        made = Adapter(self._plan.layers, downs, ups, head, bias, self._plan.window, digest="")
        return Adapter.load(made.to_bytes())


def _norm(x: Traced, scale: Traced, shift: Traced) -> Traced:
    away = x - x.mean(-1, keepdims=True)
    return away / ((away * away).mean(-1, keepdims=True) + 1e-12) ** 0.5 * scale + shift
