"""What a page that lists articles wants to know of each, and whether they take comments."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session

from service.articles import actions, queries
from service.articles.schemas import (
    ArticleChangeIn,
    CountOut,
    CountsIn,
    CountsOut,
    ExternalId,
)
from service.request import Transaction
from service.sites.auth import CommentsSite
from service.sites.tables import Site

router = APIRouter(prefix="/v1/articles", tags=["articles"])

_IDS_IN_ADDRESS = 100


@router.get("/counts", summary="Count published comments")
def count_comments(
    ids: Annotated[
        list[ExternalId],
        Query(
            min_length=1,
            max_length=_IDS_IN_ADDRESS,
            description="The site's own ids: `?ids=a&ids=b`. For more, use POST.",
        ),
    ],
    session: Transaction,
    site: CommentsSite,
) -> CountsOut:
    """Answer for each article how many of its comments readers see."""
    return _counts(session, site, ids)


@router.post("/counts", summary="Count published comments of many articles")
def count_comments_of_many(sent: CountsIn, session: Transaction, site: CommentsSite) -> CountsOut:
    """Answer as GET does, for up to 1000 articles."""
    return _counts(session, site, sent.ids)


@router.patch(
    "/{article_id:path}",
    summary="Open or close an article for comments",
    responses={404: {"description": "`article_not_found`"}},
)
def change_article(
    article_id: Annotated[ExternalId, Path(description="The site's own id; it may have slashes.")],
    sent: ArticleChangeIn,
    session: Transaction,
    site: CommentsSite,
) -> CountOut:
    """Say whether the article takes new comments; a closed one refuses them with 409.

    Its comments stay as they are: readers see them, moderators decide them, and sites may edit or
    withdraw them. An article is known from its first comment on.
    """
    article = queries.by_external_id(session, site.id, article_id)
    changed = actions.take_comments(session, article, is_open=sent.is_open)
    return CountOut.of(article_id, changed)


def _counts(session: Session, site: Site, ids: Sequence[str]) -> CountsOut:
    known = queries.by_external_ids(session, site.id, ids)
    return CountsOut(items=[CountOut.of(each, known.get(each)) for each in ids])
