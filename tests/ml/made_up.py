"""Labelled texts made up for tests: enough for a model to learn, small enough for a second."""

from random import Random

from ml.dataset import Dataset, from_examples, join
from ml.labels import Label, Language
from ml.readers import CALM, CLEAN, TOXIC, Example

_CALM = {
    Language.ENGLISH: "road budget school water mayor report winter bridge music garden",
    Language.RUSSIAN: "дорога бюджет школа вода мэр отчёт зима мост музыка сад",
}
_RUDE = {
    Language.ENGLISH: "idiot moron scum fool liar",
    Language.RUSSIAN: "идиот дурак мразь тупица лжец",
}
CALM_WORDS = {language: words.split() for language, words in _CALM.items()}
RUDE_WORDS = {language: words.split() for language, words in _RUDE.items()}


def a_corpus(rows: int = 600, *, seed: int = 7) -> Dataset:
    """Return English and Russian texts; a third is rude, a few of those insult or threaten."""
    draw = Random(seed)  # noqa: S311 - no secret
    return join(
        from_examples(
            [_example(language, draw, row) for row in range(rows)],
            source=f"made_up_{language}",
            language=language,
        )
        for language in CALM_WORDS
    )


def _example(language: Language, draw: Random, row: int) -> Example:
    words = draw.sample(CALM_WORDS[language], 5)
    if row % 3:
        return Example(" ".join([*words, str(row)]), CLEAN if row % 2 else CALM)
    rude = draw.choice(RUDE_WORDS[language])
    labels = {**TOXIC, Label.INSULT: float(row % 2), Label.SPAM: 0.0}
    return Example(" ".join([*words[:3], rude, str(row)]), labels)
