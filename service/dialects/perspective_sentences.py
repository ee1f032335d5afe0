"""Where the sentences of a text lie, and what each scores as if it stood alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ml.labels import Language
from service.dialects.scorer import ScorerBy
from service.dialects.utf16 import spans_in_units, units
from service.scoring.classifier import Prediction


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place in the text, and its scores."""

    start: int
    end: int
    prediction: Prediction


async def scored(
    scorer: ScorerBy,
    text: str,
    *,
    hint: Language | None,
    within: timedelta,
    looks_within: timedelta,
) -> list[Sentence]:
    """Return the sentences of the text, blank ones left out.

    Raises:
        NoScoreInTime: not even the first sight of them is there in time.
    """
    places = scorer.classifier.sentences(text)
    predictions = await scorer.predict(
        [text[start:end] for start, end in places],
        hint=hint,
        within=within,
        looks_within=looks_within,
    )
    return [
        Sentence(start, end, prediction)
        for (start, end), prediction in zip(places, predictions, strict=True)
    ]


def spans(text: str, sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return where the sentences lie, without the blanks around them; the whole without any.

    In UTF-16 units, as JavaScript counts.
    """
    if not sentences:
        return [(0, units(text))]
    places = []
    for each in sentences:
        sentence = text[each.start : each.end]
        start = each.start + len(sentence) - len(sentence.lstrip())
        places.append((start, start + len(sentence.strip())))
    return list(spans_in_units(text, places))
