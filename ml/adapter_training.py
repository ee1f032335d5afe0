"""Teaches the sentence encoder to judge comments; needs the ``train`` extra and an hour or two.

Adam learns from batches of texts of like length. The same texts and seed give the same adapter.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ml import adapter_texts
from ml.adapter import Adapter
from ml.adapter_batches import batches, leave_out
from ml.adapter_network import LABEL_WEIGHTS, Batch, Network, Plan
from ml.dataset import Dataset
from ml.e5_file import E5File
from ml.transformer import MATRICES

Progress = Callable[[str], None]


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
        words: entries of word lists; of which languages they are read, ``adapter_texts`` says.
        seed: decides which texts are read, and all else that is drawn.
        progress: is told of each part.
        onwards: an adapter to go on from, at half the pace; with another seed it reads other texts.
        share: of what is usual that is read of the corpora; of our own sentences as many as ever.
    """
    data = adapter_texts.gather(dataset, words=words, seed=seed, share=share)
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
    network = Network(file, plan)
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
        for one in batches(texts, np.random.default_rng(seed + round_))
    ]
    step = jax.jit(network.step)
    known = ~np.isnan(dataset.targets)
    says = np.nan_to_num(dataset.targets).astype(np.float32)
    draws = np.random.default_rng(seed)
    for number, (length, rows) in enumerate(steps):
        rate = plan.peak * min(1, (number + 1) / plan.warm_up) * max(0.03, 1 - number / len(steps))
        words, mask = network.packed([texts[i] for i in rows], length)
        mask = leave_out(mask, plan.left_out, draws)
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
