"""What crosses HTTP about the pieces of a text that led the classifier."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from ml.explanation_method import ExplanationMethod
from ml.labels import Label
from service.review.highlights import Told


class PieceIn(BaseModel):
    """Which piece of which text, and the label in question, as `GET …/highlights` has them."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=1, description="Of the text that was read.", examples=[1])
    start: int = Field(
        ge=0, le=100_000, description="In code points, from the text's beginning.", examples=[0]
    )
    end: int = Field(
        ge=1,
        le=100_000,
        description="The first code point that no longer belongs to it.",
        examples=[4],
    )
    label: Label = Field(examples=[Label.INSULT])


class HighlightIn(PieceIn):
    """A word on a piece of a text."""

    is_right: bool = Field(
        description="True: this is what is wrong, in the sense of the label. False: it is harmless,"
        " in that sense.",
        examples=[True],
    )


class HighlightOut(BaseModel):
    """A piece of the text that raised a score, or of which somebody said something."""

    start: int = Field(description="In code points, from the text's beginning.", examples=[0])
    end: int = Field(description="The first code point that no longer belongs to it.", examples=[4])
    label: Label = Field(examples=[Label.INSULT])
    contribution: float | None = Field(
        description="What it adds to the label's logit, as `method` found it out: more is more "
        "telling. Null where the classifier that is live now does not name the piece, and in the "
        "answer to a word.",
        examples=[2.41],
    )
    method: ExplanationMethod | None = Field(
        description="How `contribution` was found out: `exact` is the piece's own part of a sum, "
        "by the first tier; `occlusion` is what the logit loses when the text is read without the "
        "piece, by the second. The two cannot be compared. Null where `contribution` is.",
        examples=[ExplanationMethod.EXACT],
    )
    is_right: bool | None = Field(
        description="What a moderator said of it: that it is what is wrong, or (false) that it is "
        "harmless. Null: nobody has said anything.",
        examples=[None],
    )
    said_by: str | None = Field(description="The moderator's name.", examples=[None])
    is_yours: bool = Field(
        description="Whether you said it, and can take it back.", examples=[False]
    )

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls(
            start=told.start,
            end=told.end,
            label=told.label,
            contribution=told.contribution,
            method=told.method,
            is_right=told.is_right,
            said_by=told.by,
            is_yours=told.is_own,
        )
