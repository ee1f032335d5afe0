"""How far the second tier is leaned on, in the languages that its encoder knows and in others."""

import numpy as np

from ml.calibrating import LEANING_ON_SIBLINGS, LEANINGS, leanings
from ml.classifier import one_hot
from ml.dataset import LABELS, Dataset
from ml.labels import Label, Language
from ml.language import LANGUAGES
from ml.second_tier import Referred, SecondTier, even_leanings

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
    assert set(np.unique(found[0])) <= {*LEANINGS, *LEANING_ON_SIBLINGS.values()}


def test_where_comments_are_labelled_by_people_both_tiers_are_leaned_on() -> None:
    table, data = judged_texts()
    found = leanings(SecondTier(judgements=4), table, data)
    for language in (Language.ENGLISH, KNOWN):
        place = LANGUAGES.index(language)
        assert np.array_equal(found[:, place], even_leanings(len(LABELS))[:, place])


def test_where_only_our_own_sentences_are_the_first_tier_is_trusted_as_much_or_more() -> None:
    table, data = judged_texts()
    reading_well = Dataset(
        data.texts,
        (UNKNOWN,) * TEXTS,
        data.targets,
        data.weights,
        data.groups,
        data.sources,
    )
    sign = np.where(data.target(Label.TOXICITY) > 0, 1.0, -1.0)
    vectors = np.stack([sign] * 4, axis=1).astype(np.float32)
    table = Referred(table.logits, vectors, one_hot(reading_well.languages))
    found = leanings(SecondTier(judgements=4), table, reading_well)
    for language, share in LEANING_ON_SIBLINGS.items():
        assert (found[0, LANGUAGES.index(language)] == share).all()
        assert share <= 0.5
    assert np.allclose(found[0] + found[1], 1)
