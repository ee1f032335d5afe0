"""How far the second tier is leaned on, in the languages that its encoder knows and in others."""

import numpy as np

from ml.calibrating import LEANINGS, leanings
from ml.cascade import Referred, SecondTier, even_leanings
from ml.classifier import one_hot
from ml.dataset import LABELS, Dataset
from ml.labels import Label, Language
from ml.language import LANGUAGES

KNOWN, UNKNOWN = Language.RUSSIAN, Language.UZBEK
TEXTS = 1200


def judged_texts(*, seed: int = 3) -> tuple[Referred, Dataset]:
    """Return texts whose vectors tell the truth in one language, and its opposite in another.

    The first tier is right in three of four cases in both.
    """
    draws = np.random.default_rng(seed)
    truths = draws.random(TEXTS) < 0.5
    languages = tuple(KNOWN if at % 3 else UNKNOWN for at in range(TEXTS))
    sign = np.where(truths, 1.0, -1.0)
    logits = np.zeros((TEXTS, len(LABELS)))
    logits[:, LABELS.index(Label.TOXICITY)] = sign + draws.normal(0, 1.5, TEXTS)
    knows = np.array([1.0 if spoken is KNOWN else -1.0 for spoken in languages])
    vectors = np.stack([sign * knows + draws.normal(0, 0.5, TEXTS)] * 4, axis=1)
    targets = np.full((TEXTS, len(LABELS)), np.nan)
    targets[:, LABELS.index(Label.TOXICITY)] = truths
    data = Dataset(
        texts=tuple(map(str, range(TEXTS))),
        languages=languages,
        targets=targets,
        weights=np.ones(TEXTS),
        groups=tuple(map(str, range(TEXTS))),
        sources=("made up",) * TEXTS,
    )
    return Referred(logits, vectors.astype(np.float32), one_hot(languages)), data


def test_a_language_whose_texts_the_encoder_misreads_leans_on_the_first_tier() -> None:
    table, data = judged_texts()
    found = leanings(SecondTier(judgements=4), table, data)
    column = LABELS.index(Label.TOXICITY)
    assert found[0, LANGUAGES.index(UNKNOWN), column] < 0.5
    assert np.allclose(found[0] + found[1], 1)
    assert set(np.unique(found[0])) <= set(LEANINGS)


def test_all_else_leans_on_both_tiers() -> None:
    table, data = judged_texts()
    found = leanings(SecondTier(judgements=4), table, data)
    column = LABELS.index(Label.TOXICITY)
    found[:, LANGUAGES.index(UNKNOWN), column] = even_leanings(len(LABELS))[:, 0, 0]
    assert np.array_equal(found, even_leanings(len(LABELS)))
