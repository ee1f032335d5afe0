"""Teaches the sentence encoder to judge comments; needs the ``train`` extra and an hour or two.

Only thin matrices and a head are learned, by Adam on batches of texts of like length; the encoder's
own weights stay as they came. Of the corpora it learns from the train side alone, so that the
calibration side can teach the second tier how far to trust it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from ml.adapter import Adapter
from ml.augment import DISGUISED, SOURCE, disguised, own_writing
from ml.classifier import numbered
from ml.dataset import LABELS, Dataset, Split, join
from ml.e5_file import E5File
from ml.labels import Label, Language
from ml.normalise import normalise_many
from ml.train import apart_from_suites
from ml.transformer import MATRICES, Transformer

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Progress = Callable[[str], None]
# What the framework passes through a function that it derives: arrays, or trees of them.
Traced: TypeAlias = Any

# How often each text of a corpus is read, or which part of them; once, of those not named.
SHARES: Mapping[str, float] = {
    "edos_sexism": 0.4,
    "gab_hate": 0.8,
    "jigsaw_multilabel": 3.0,
    "kazakh_reviews": 0.12,
    "paradetox": 0.35,
    "rudetoxifier": 0.8,
    "russian_news": 0.6,
    "sms_spam": 0.3,
    "stormfront": 0.3,
    "surge_toxicity": 2.0,
    "telegram_spam": 4.0,
    "toxigen": 2.0,
    "uzbek_app_reviews": 0.5,
    "vk_distorted": 2.5,
    "wiki_identity": 0.5,
    "wiki_talk": 0.4,
    "youtube_spam": 3.0,
}
# Comments on news of which few threaten or attack a people: those that do are read so often.
_RARE, _RARE_IN, _RARE_READ = (Label.THREAT, Label.IDENTITY_ATTACK), "civil_comments", 4.0
# A label that few corpora know must not drown the one that all know.
LABEL_WEIGHTS = np.array([1.0, 0.3, 0.6, 0.6, 0.6, 0.5, 0.4, 0.6], np.float32)
FILLINGS = 5  # of each template of ours
DISGUISED_SHARE = 0.15  # of our sentences, read once more in disguise
# Languages whose word lists are read. In English and Russian these hold many words that are rude in
# some frames only, and there are comments enough to say in which.
LISTS_READ = frozenset({Language.UZBEK, Language.KAZAKH})
# A text is read with so many of its pieces left out, so that no one piece is relied on; never what
# stands before every text.
LEFT_OUT, NEVER_LEFT_OUT = 0.06, 4
LENGTHS = (12, 16, 24, 32, 48, 64, 96, 128)
PIECES_PER_STEP = 2048
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
    """

    layers: int = 8
    frozen: int = 0
    rank: int = 48
    strength: float = 2.0
    peak: float = 6e-4
    warm_up: int = 80
    rounds: int = 1
    window: int = LENGTHS[-1]

    def onwards(self) -> Self:
        """Return the plan for going on from an adapter: at half the pace, not to unlearn it."""
        return replace(self, peak=self.peak / 2)


def sampled(dataset: Dataset, seed: int, *, share: float = 1.0) -> Dataset:
    """Return the rows of the train side that the encoder reads, whole groups, drawn by the seed.

    ``share`` of what is usual is read of the corpora; of our own sentences as many as ever. What is
    to be read twice stands there twice.
    """
    learning = dataset.part(Split.TRAIN)
    numbers = numbered(learning.groups)
    drawn = np.random.default_rng(seed).random(int(numbers.max(initial=-1)) + 1)[numbers]
    limits = np.array(
        [
            SHARES.get(source, 1.0) * (share if source not in {SOURCE, DISGUISED} else 1.0)
            for source in learning.sources
        ]
    )
    rare = (learning.targets[:, [LABELS.index(label) for label in _RARE]] > 0).any(axis=1)
    limits[rare & (np.array(learning.sources) == _RARE_IN)] *= _RARE_READ
    times = range(int(np.ceil(limits.max(initial=1.0))))
    return join([learning.where(drawn < limits - time) for time in times])


def teach(
    path: Path,
    dataset: Dataset,
    *,
    words: Dataset,
    seed: int,
    progress: Progress,
    onwards: Adapter | None = None,
    share: float = 1.0,
) -> Adapter:
    """Return the adapter learned from corpora (their train side), word lists and own sentences.

    Args:
        path: the encoder's weights.
        dataset: all corpora.
        words: entries of word lists.
        seed: decides which texts are read, and all else that is drawn.
        progress: is told of each part.
        onwards: an adapter to go on from, at half the pace; with another seed it reads other texts.
        share: of what is usual that is read of the corpora; of our own sentences as many as ever.
    """
    ours = own_writing(seed, fillings=FILLINGS)
    data = join([dataset, ours, disguised(ours, seed, share=DISGUISED_SHARE)])
    lists = words.where(np.array([one in LISTS_READ for one in words.languages], bool))
    data = apart_from_suites(join([sampled(data, seed, share=share), lists]))
    progress(f"reading {len(data):,} texts")
    plan = Plan() if onwards is None else Plan().onwards()
    return train(E5File.read(path), data, seed=seed, plan=plan, progress=progress, onwards=onwards)


def train(
    file: E5File,
    dataset: Dataset,
    *,
    seed: int,
    plan: Plan | None = None,
    progress: Progress = lambda _: None,
    onwards: Adapter | None = None,
) -> Adapter:
    """Return the adapter learned from all of ``dataset``, whose unknown labels teach nothing.

    Raises:
        ValueError: the adapter to go on from is shaped otherwise than the plan.
    """
    import jax  # noqa: PLC0415 - only this needs it

    plan = plan or Plan()
    network = _Network(file, plan)
    texts = network.numbered(dataset.texts)
    if onwards is not None:
        _check_shape(onwards, plan)
    parameters = network.start(texts, len(LABEL_WEIGHTS), seed)
    if onwards is not None:
        parameters = network.start_from(onwards)
    still = jax.tree.map(np.zeros_like, parameters)
    state = (parameters, still, still)
    steps = [
        one
        for round_ in range(plan.rounds)
        for one in _batches(texts, np.random.default_rng(seed + round_))
    ]
    step = jax.jit(network.step)
    known = ~np.isnan(dataset.targets)
    says = np.nan_to_num(dataset.targets).astype(np.float32)
    draws = np.random.default_rng(seed)
    for number, (length, rows) in enumerate(steps):
        rate = plan.peak * min(1, (number + 1) / plan.warm_up) * max(0.03, 1 - number / len(steps))
        words, mask = network.packed([texts[i] for i in rows], length)
        mask[:, NEVER_LEFT_OUT:] &= draws.random(mask[:, NEVER_LEFT_OUT:].shape) >= LEFT_OUT
        batch = Batch(words, mask, says[rows], known[rows])
        state, loss = step(state, network.constants, batch, (rate, number + 1.0))
        if number % 50 == 0:
            progress(f"step {number} of {len(steps)}, loss {float(loss):.3f}")
    return network.adapter(state[0])


def _check_shape(adapter: Adapter, plan: Plan) -> None:
    wanted = {
        f"{n}.{name}": plan.rank for n in range(plan.frozen, plan.layers) for name in MATRICES
    }
    if {name: down.shape[1] for name, down in adapter.downs.items()} != wanted:
        raise ValueError(
            f"The adapter to go on from must change layers {plan.frozen} to {plan.layers - 1} "
            f"by matrices of rank {plan.rank}."
        )


def _by_length(texts: Sequence[Sequence[int]]) -> Iterator[tuple[int, list[Sequence[int]]]]:
    """Yield texts of like length together, every one of them."""
    for shorter, length in pairwise((0, *LENGTHS)):
        alike = [text for text in texts if shorter < len(text) <= length]
        if alike:
            yield length, alike


def _batches(
    texts: Sequence[Sequence[int]], draws: np.random.Generator
) -> Iterator[tuple[int, list[int]]]:
    """Yield texts of like length together; the last few that fill no batch are left out."""
    waiting: dict[int, list[int]] = {length: [] for length in LENGTHS}
    for row in draws.permutation(len(texts)).tolist():
        length = next(one for one in LENGTHS if len(texts[row]) <= one)
        waiting[length].append(row)
        if len(waiting[length]) == PIECES_PER_STEP // length:
            yield length, waiting[length]
            waiting[length] = []


class _Network:
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
            for text in normalise_many(list(texts)).clean.texts()
        ]

    def packed(
        self, texts: Sequence[Sequence[int]], length: int
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
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
            for length, alike in _by_length(texts[:_MEASURED])
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
