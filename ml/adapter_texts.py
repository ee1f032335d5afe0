"""Which texts the sentence encoder learns to judge by, and how often it reads each of them.

Of the corpora these are of the train side alone, so that the calibration side can teach the second
tier how far to trust it.
"""

from collections.abc import Mapping

import numpy as np

from ml.augment import DISGUISED, SOURCE, disguised, own_writing
from ml.classifier import numbered
from ml.dataset import LABELS, Dataset, Split, join
from ml.labels import Label, Language
from ml.train import apart_from_suites

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
FILLINGS = 5  # of each template of ours
DISGUISED_SHARE = 0.15  # of our sentences, read once more in disguise
# Languages whose word lists are read. In English and Russian these hold many words that are rude in
# some frames only, and there are comments enough to say in which.
LISTS_READ = frozenset({Language.UZBEK, Language.KAZAKH})


def gather(dataset: Dataset, *, words: Dataset, seed: int, share: float = 1.0) -> Dataset:
    """Return all that is read: of corpora what is drawn, word lists and sentences of our own.

    Args:
        dataset: all corpora.
        words: entries of word lists; those in ``LISTS_READ`` are read, every one of them.
        seed: decides which texts are drawn.
        share: of what is usual that is read of the corpora; of our own sentences as many as ever.
    """
    ours = own_writing(seed, fillings=FILLINGS)
    data = join([dataset, ours, disguised(ours, seed, share=DISGUISED_SHARE)])
    lists = words.where(np.array([one in LISTS_READ for one in words.languages], bool))
    return apart_from_suites(join([sampled(data, seed, share=share), lists]))


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
