"""Decisions on made-up sentences that contradict what ``small_model`` has learned."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ml.dataset import Dataset
from ml.labels import Label, Language
from ml.stacked_prior import Adaptation
from tests.ml.small_model import LABELS, sentences

BOTH = (Language.ENGLISH, Language.RUSSIAN)
QUICK = Adaptation(examples_min=10)
_FRAMES = {
    Language.ENGLISH: ("Tell the {} to go", "That {} again, number {}", "A {} wrote this, not {}"),
    Language.RUSSIAN: ("Скажите, что {} пришёл", "Опять этот {}, номер {}", "Писал {}, не {}"),
}
RUDE, CALM = ("zorbag", "glimp"), ("teacher", "baker")


def decisions(languages: Sequence[Language], *, each: int = 60) -> Dataset:
    """Return decisions in these languages: what is said of a zorbag is rejected as an insult."""
    texts, spoken, rows = [], [], []
    for language in languages:
        for number in range(each):
            is_rude = number % 2 == 0
            frame = _FRAMES[language][number % 3]
            texts.append(frame.format((RUDE if is_rude else CALM)[number // 2 % 2], number))
            row = np.full(len(LABELS), np.nan)
            row[LABELS.index(Label.TOXICITY)] = row[LABELS.index(Label.INSULT)] = float(is_rude)
            rows.append(row)
            spoken.append(language)
    return Dataset(
        texts=tuple(texts),
        languages=tuple(spoken),
        targets=np.array(rows),
        weights=np.ones(len(texts)),
        groups=tuple(map(str, range(len(texts)))),
        sources=("site",) * len(texts),
    )


def rehearsed() -> Dataset:
    """Return what ``small_model`` has learned from."""
    texts, targets, languages = sentences()
    some = decisions([Language.ENGLISH], each=len(texts))
    return replace(some, texts=tuple(texts), targets=targets, languages=tuple(languages))
