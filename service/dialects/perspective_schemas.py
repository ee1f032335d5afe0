"""What Perspective's clients send, read as leniently as its own API reads it.

Names come in camelCase or snake_case, null means "not sent", and unknown fields are ignored.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _without_nulls(sent: object) -> object:
    """Leave out what is null: proto JSON reads that as "not sent"."""
    if isinstance(sent, dict):
        return {name: value for name, value in sent.items() if value is not None}
    return sent


class _Sent(BaseModel):
    model_config = ConfigDict(
        extra="ignore",
        alias_generator=AliasGenerator(validation_alias=to_camel),
        populate_by_name=True,
    )


class TextType(StrEnum):
    UNSPECIFIED = "TEXT_TYPE_UNSPECIFIED"
    PLAIN_TEXT = "PLAIN_TEXT"
    HTML = "HTML"


class ScoreType(StrEnum):
    UNSPECIFIED = "SCORE_TYPE_UNSPECIFIED"
    PROBABILITY = "PROBABILITY"
    STD_DEV_SCORE = "STD_DEV_SCORE"
    PERCENTILE = "PERCENTILE"
    RAW = "RAW"


class CommentSent(_Sent):
    text: str = ""
    type: str = TextType.UNSPECIFIED.value


class ContextSent(_Sent):
    entries: list[Any] = []
    article_and_parent_comment: dict[str, Any] | None = None


class AttributeWanted(_Sent):
    score_type: ScoreType = ScoreType.UNSPECIFIED
    score_threshold: Annotated[float, Field(allow_inf_nan=False)] | None = None


Comment = Annotated[CommentSent, BeforeValidator(_without_nulls)]
Context = Annotated[ContextSent, BeforeValidator(_without_nulls)]


class _Asked(_Sent):
    comment: Comment = CommentSent()
    context: Context = ContextSent()
    languages: list[str] = []
    do_not_store: bool = False
    client_token: str | None = None
    community_id: str | None = None


class AnalyzeSent(_Asked):
    requested_attributes: dict[
        str, Annotated[AttributeWanted, BeforeValidator(lambda sent: _without_nulls(sent or {}))]
    ] = {}
    span_annotations: bool = False
    drop_unsupported_attributes: bool = False


class _Value(_Sent):
    value: Score


class _SpanValue(_Sent):
    begin: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    score: _Value


class AttributeSuggested(_Sent):
    summary_score: _Value | None = None
    span_scores: list[_SpanValue] = []

    @property
    def value(self) -> float | None:
        """What is said of the whole text: the summary, or else the worst of its spans."""
        if self.summary_score is not None:
            return self.summary_score.value
        return max((span.score.value for span in self.span_scores), default=None)


class SuggestSent(_Asked):
    attribute_scores: dict[
        str, Annotated[AttributeSuggested, BeforeValidator(lambda sent: _without_nulls(sent or {}))]
    ] = {}


def without_nulls(sent: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in sent.items() if value is not None}
