"""The public corpora: where each comes from, on what terms, and how much it weighs in training.

Nothing here holds a text. A person with network access can rebuild the folder from the names:
source repository at its commit, files, and the digest that each file had when the shipped model
was trained.
"""

from pathlib import Path

from ml.corpora_eastern import EASTERN
from ml.corpora_english import ENGLISH
from ml.corpus import CorporaMissing, Corpus

__all__ = ["CORPORA", "CorporaMissing", "Corpus", "check_folder", "named", "training_corpora"]

# Order decides who is believed when two corpora hold the same text: the earlier.
CORPORA: tuple[Corpus, ...] = (*ENGLISH, *EASTERN)


def named(name: str) -> Corpus:
    """Return the corpus of that name.

    Raises:
        KeyError: there is none.
    """
    by_name = {corpus.name: corpus for corpus in CORPORA}
    if name not in by_name:
        raise KeyError(f"no corpus is called {name}; there are {', '.join(by_name)}")
    return by_name[name]


def training_corpora() -> tuple[Corpus, ...]:
    """Those whose licence lets the shipped model learn from them, and that do it good."""
    return tuple(corpus for corpus in CORPORA if corpus.trains)


def check_folder(root: Path) -> None:
    """Say plainly when the corpora are not where they should be.

    Raises:
        CorporaMissing: the folder, or its ``raw`` part, does not exist.
    """
    if not (root / "raw").is_dir():
        raise CorporaMissing(f"{root} holds no corpora: a folder 'raw' is expected in it")
