"""What the sentence encoder makes of labelled comments teaches the first tier, too.

Few comments are labelled for threats, and a comment labelled "toxic" says nothing of them. The
encoder, which has learned from all labels at once and reads meaning, has an opinion of each: it
fills in what nobody has said, and softens what somebody has said only once.

Source: Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network".
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os import cpu_count

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from ml.dataset import LABELS, Dataset, Floats
from ml.encoder import Encoder
from ml.labels import Label, Language

Shares = Mapping[tuple[Language, Label], float]

# So many texts are read between two words of progress.
_AT_ONCE = 500
# Nearer to yes or no than this is yes or no: a soft target is two rows to learn from.
_SURE = 0.001


def can_teach(encoder: Encoder) -> bool:
    """Say whether an encoder judges every label, as one without an adapter does not."""
    return encoder.judgements == len(LABELS)


def distilled(
    data: Dataset,
    encoder: Encoder,
    shares: Shares,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Dataset:
    """Return the same texts with soft targets where the encoder has a say.

    Args:
        data: labelled comments.
        encoder: one that ``can_teach``.
        shares: by language and label, how far the encoder's opinion counts where the label is
            known, from 0 to 1; where nobody knows it, the opinion alone counts. What is not named
            here stays as it is.
        progress: is told how many texts have been read.
    """
    languages = {language for language, _ in shares}
    rows = np.flatnonzero([spoken in languages for spoken in data.languages])
    spoken = np.array([data.languages[row].value for row in rows])
    opinions = _opinions([data.texts[row] for row in rows], encoder, progress)
    targets = data.targets.copy()
    for (language, label), share in shares.items():
        own = spoken == language.value
        column = LABELS.index(label)
        targets[rows[own], column] = _mixed(
            targets[rows[own], column], opinions[own, column], share
        )
    return replace(data, targets=targets)


def _opinions(texts: list[str], encoder: Encoder, progress: Callable[[str], None]) -> Floats:
    """Return the encoder's probability of each label, shape (n, labels)."""
    parts = [texts[first : first + _AT_ONCE] for first in range(0, len(texts), _AT_ONCE)]
    found = [np.empty((0, len(LABELS)))]
    # A thread for each core, and each multiplies alone: its matrices are too small to share.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cpu_count()) as readers:
        for number, vectors in enumerate(readers.map(encoder.encode, parts)):
            found.append(expit(vectors[:, : len(LABELS)].astype(np.float64)))
            read = min((number + 1) * _AT_ONCE, len(texts))
            progress(f"asking the encoder: {read:,} of {len(texts):,} texts read")
    return np.concatenate(found)


def _mixed(said: Floats, opinion: Floats, share: float) -> Floats:
    mixed = np.where(np.isnan(said), opinion, (1 - share) * said + share * opinion)
    mixed[mixed < _SURE] = 0.0
    mixed[mixed > 1 - _SURE] = 1.0
    return mixed
