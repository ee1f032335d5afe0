"""What crosses HTTP about articles."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service import texts
from service.articles.tables import Article

EXTERNAL_ID_MAX_CHARS = 255
COUNTED_AT_ONCE = 1_000

ExternalId = Annotated[
    str,
    Field(min_length=1, max_length=EXTERNAL_ID_MAX_CHARS),
    AfterValidator(texts.check_identifier),
]


class CountsIn(BaseModel):
    """The articles of a page that lists many."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[
        list[ExternalId],
        Field(
            min_length=1,
            max_length=COUNTED_AT_ONCE,
            description="The site's own ids.",
            examples=[["2026/11/border-treaty", "2026/11/harvest"]],
        ),
    ]


class ArticleChangeIn(BaseModel):
    """What a site says of its article."""

    model_config = ConfigDict(extra="forbid")

    is_open: Annotated[bool, Field(strict=True, description="Whether it takes new comments.")]


class CountOut(BaseModel):
    """How many comments readers see under one article, and whether it takes more."""

    id: Annotated[str, Field(description="The site's own id of the article.")]
    published: Annotated[int, Field(description="0 too when no comment was ever sent for it.")]
    is_open: Annotated[bool, Field(description="Whether it takes new comments.")]

    @classmethod
    def of(cls, external_id: str, article: Article | None) -> Self:
        if article is None:
            return cls(id=external_id, published=0, is_open=True)
        return cls(id=external_id, published=article.published_count, is_open=article.is_open)


class CountsOut(BaseModel):
    items: Annotated[list[CountOut], Field(description="In the order of the ids.")]
