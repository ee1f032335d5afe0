"""What crosses HTTP when texts are scored at once."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from ml.labels import Label, Language
from service.comments.rules import BODY_MAX_CHARS
from service.scoring.classifier import Prediction

TEXTS_MAX = 100

# Longer than a comment may be, because blanks at the ends and CRLF do not count.
Text = Annotated[str, Field(min_length=1, max_length=2 * BODY_MAX_CHARS)]


# Of a text that is insulting, and of which nothing else is to be said.
_SCORES = dict.fromkeys((label.value for label in Label), 0.004) | {
    Label.TOXICITY.value: 0.94,
    Label.INSULT.value: 0.91,
}


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
        Field(
            description="What you believe of all of them: a hint, the texts decide.",
            examples=[Language.KAZAKH],
        ),
    ] = None


class ScoredText(BaseModel):
    """What the classifier makes of one text."""

    scores: Annotated[
        dict[Label, float],
        Field(
            description=(
                "Calibrated probabilities, 0 to 1; of the labels that are supported in the text's "
                "language."
            ),
            examples=[_SCORES],
        ),
    ]
    language: Annotated[Language, Field(examples=[Language.ENGLISH])]
    language_probability: Annotated[
        float, Field(description="How sure the language is, 0 to 1.", examples=[0.998])
    ]
    by_second_tier: Annotated[
        bool,
        Field(
            description=(
                "True where the second tier judged, which reads meaning: the text was unclear at "
                "first sight, and looked at more closely. False: the first tier, by words and "
                "pieces of words."
            ),
            examples=[True],
        ),
    ]
    is_unclear: Annotated[
        bool,
        Field(
            description=(
                "True for a score at first sight that a closer look might correct, for which there "
                "was no room: ask again in a moment."
            ),
            examples=[False],
        ),
    ]

    @classmethod
    def of(cls, prediction: Prediction) -> Self:
        return cls(
            scores=dict(prediction.scores),
            language=prediction.language,
            language_probability=prediction.language_probability,
            by_second_tier=prediction.by_second_tier,
            is_unclear=prediction.is_unclear,
        )


class ScoreOut(BaseModel):
    """One result for each text, in the order of the texts."""

    model_version: Annotated[
        str,
        Field(
            description="The digest of the classifier that scored.",
            examples=["sha256:" + "3f" * 32],
        ),
    ]
    results: list[ScoredText]
