"""Reads of articles."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.articles.errors import ArticleNotFound
from service.articles.tables import Article


def by_external_id(session: Session, site_id: UUID, external_id: str) -> Article:
    """Return the site's article.

    Raises:
        ArticleNotFound: no comment was ever sent for it.
    """
    article: Article | None = session.scalar(
        select(Article).where(Article.site_id == site_id, Article.external_id == external_id)
    )
    if article is None:
        raise ArticleNotFound
    return article


def by_external_ids(
    session: Session, site_id: UUID, external_ids: Sequence[str]
) -> dict[str, Article]:
    """Return those of the articles that are known, by the site's own id."""
    known = session.scalars(by_external_ids_statement(site_id, external_ids))
    return {article.external_id: article for article in known}


def by_external_ids_statement(site_id: UUID, external_ids: Sequence[str]) -> Select[Article]:
    return select(Article).where(Article.site_id == site_id, Article.external_id.in_(external_ids))
