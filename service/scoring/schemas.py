"""What crosses HTTP when texts are scored at once."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from ml.labels import Label, Language
from service.comments.rules import BODY_MAX_CHARS
from service.scoring.classifier import Prediction

TEXTS_MAX = 100

# Longer than a comment may be, because blanks at the ends and CRLF do not count.
Text = Annotated[str, Field(min_length=1, max_length=2 * BODY_MAX_CHARS)]


class ScoreIn(BaseModel):
    """Texts to score. Nothing of them is stored."""

    model_config = ConfigDict(extra="forbid")

    texts: Annotated[
        list[Text],
        Field(
            min_length=1,
            max_length=TEXTS_MAX,
            description="Each 1 to 1500 characters, counted as a comment's.",
            examples=[["Thank you for the article.", "Сен ақымақсың."]],
        ),
    ]
    language: Annotated[
        Language | None,
        Field(description="What you believe of all of them: a hint, the texts decide."),
    ] = None


class ScoredText(BaseModel):
    """What the classifier makes of one text."""

    scores: Annotated[
        dict[Label, float],
        Field(
            description=(
                "Calibrated probabilities, 0 to 1; of the labels that are supported in the text's "
                "language."
            )
        ),
    ]
    language: Language
    language_probability: Annotated[float, Field(description="How sure the language is, 0 to 1.")]
    is_unclear: Annotated[
        bool,
        Field(
            description=(
                "True for a score at first sight that a closer look might correct, for which there "
                "was no room: ask again in a moment."
            )
        ),
    ]

    @classmethod
    def of(cls, prediction: Prediction) -> Self:
        return cls(
            scores=dict(prediction.scores),
            language=prediction.language,
            language_probability=prediction.language_probability,
            is_unclear=prediction.is_unclear,
        )


class ScoreOut(BaseModel):
    """One result for each text, in the order of the texts."""

    model_version: Annotated[str, Field(description="The digest of the classifier that scored.")]
    results: list[ScoredText]
