"""Which texts no corpus that trains holds: sets that only check are measured on these."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml.corpora import Corpus, training_corpora
from ml.dataset import Dataset, Mask, key_of, mask_personal_data


def taught(root: Path, corpora: Sequence[Corpus] | None = None) -> frozenset[str]:
    """Return the keys of all texts of corpora, whichever side of the split each is on.

    Args:
        root: folder of the corpora.
        corpora: by default those that the shipped model learns from.

    Raises:
        CorporaMissing: a file is not there.
    """
    return frozenset(
        key_of(mask_personal_data(example.text))
        for corpus in (training_corpora() if corpora is None else corpora)
        for example in corpus.examples(root)
    )


def never_taught(data: Dataset, keys: frozenset[str]) -> Mask:
    """Tell which rows stand under none of the keys, shape (n,)."""
    return np.array([key_of(text) not in keys for text in data.texts], bool)
