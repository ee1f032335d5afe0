"""A model small and quick enough to be trained in a test, on sentences made up here."""

from functools import cache
from itertools import product

import numpy as np

from ml import artifact
from ml.artifact import ModelInfo
from ml.labels import Label, Language
from ml.pipeline import ModerationPipeline, Params, build
from ml.predict import Predictor

LABELS = list(Label)
PARAMS = Params(hash_bits=14, examples_min=10, calibration_share=0.25)

_SENTENCES = {
    Language.ENGLISH: (
        ["You are {} today", "What {} you are", "The minister is {}", "Everybody here is {}"],
        ["an idiot", "a fool", "total scum", "a stupid clown", "garbage", "a moron"],
        ["a neighbour", "my friend", "a good doctor", "late again", "from Tashkent", "welcome"],
    ),
    Language.RUSSIAN: (
        ["Ты сегодня {}", "Какой же ты {}", "Министр просто {}", "Все тут {}, правда"],
        ["идиот", "дурак", "подонок", "тупой клоун", "мусор", "кретин"],
        ["сосед", "мой друг", "хороший врач", "опять опоздал", "из города", "молодец"],
    ),
}  # fmt: skip


def sentences() -> tuple[list[str], np.ndarray, list[Language]]:
    """Return texts, targets (toxicity and insult known, threat partly, the rest not), languages."""
    texts, rows, languages = [], [], []
    for language, (frames, rude, calm) in _SENTENCES.items():
        for number, (frame, filling) in enumerate(product(frames, rude + calm)):
            target = np.full(len(LABELS), np.nan)
            target[LABELS.index(Label.TOXICITY)] = float(filling in rude)
            target[LABELS.index(Label.INSULT)] = float(filling in rude) if number % 3 else np.nan
            texts.append(frame.format(filling))
            rows.append(target)
            languages.append(language)
    return texts, np.array(rows), languages


@cache
def a_model() -> ModerationPipeline:
    texts, targets, languages = sentences()
    return build(PARAMS).fit(texts, targets, languages=languages)


def an_info() -> ModelInfo:
    both = (Language.ENGLISH, Language.RUSSIAN)
    return ModelInfo({Label.TOXICITY: both, Label.INSULT: (Language.ENGLISH,)}, {"seed": 0})


@cache
def an_artifact() -> bytes:
    return artifact.to_bytes(a_model(), info=an_info())


def a_predictor() -> Predictor:
    return Predictor.load(an_artifact())
