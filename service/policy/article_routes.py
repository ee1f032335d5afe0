"""Whether a person sees each comment under an article first, as JSON."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from service.articles import queries as articles
from service.articles.schemas import ExternalId
from service.articles.tables import Article
from service.policy import article_modes
from service.policy.rules import Mode
from service.policy.tables import PreModeratedArticle
from service.request import Now, Transaction
from service.sites.auth import ManagingSite

router = APIRouter(prefix="/v1/articles", tags=["articles"])

_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "`article_not_found`"}}


ArticleId = Annotated[ExternalId, Path(description="The site's own id; it may have slashes.")]


class ModeIn(BaseModel):
    """How an article's comments are to be moderated."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode
    until: Annotated[
        AwareDatetime | None,
        Field(description="When pre-moderation ends by itself; null: when you say so."),
    ] = None


class ModeOut(BaseModel):
    """How an article's comments are moderated; the site's own policy may be stricter."""

    mode: Mode
    cause: Annotated[str | None, Field(description="`site` or `raid`; null: post-moderation.")]
    since: datetime | None
    until: datetime | None

    @classmethod
    def of(cls, row: PreModeratedArticle | None) -> Self:
        if row is None:
            return cls(mode=Mode.POST_MODERATION, cause=None, since=None, until=None)
        return cls(mode=Mode.PRE_MODERATION, cause=row.cause, since=row.since, until=row.until)


@router.get("/{article_id:path}/moderation", responses=_NOT_FOUND)
def article_mode(
    article_id: ArticleId, session: Transaction, now: Now, site: ManagingSite
) -> ModeOut:
    """Answer how the article's comments are moderated now."""
    return _seen(session, articles.by_external_id(session, site.id, article_id), now=now)


@router.put("/{article_id:path}/moderation", responses=_NOT_FOUND)
def set_article_mode(
    article_id: ArticleId, sent: ModeIn, session: Transaction, now: Now, site: ManagingSite
) -> ModeOut:
    """Have a person see each comment under the article first, or end it, a raid's too."""
    article = articles.by_external_id(session, site.id, article_id)
    if sent.mode is Mode.PRE_MODERATION:
        article_modes.pre_moderate(session, article, until=sent.until, now=now)
    else:
        article_modes.end(session, article)
    return _seen(session, article, now=now)


def _seen(session: Session, article: Article, *, now: datetime) -> ModeOut:
    return ModeOut.of(article_modes.state(session, article.id, now=now))
