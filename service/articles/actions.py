"""Verbs that change articles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.db import new_id


def known_or_new(
    session: Session, site_id: UUID, external_id: str, *, url: str, title: str, now: datetime
) -> UUID:
    """Return our id of the article; what is sent of one that is known already is not looked at."""
    named = (Article.site_id == site_id, Article.external_id == external_id)
    known: UUID | None = session.scalar(select(Article.id).where(*named))
    if known is not None:
        return known
    session.execute(
        insert(Article)
        .values(
            id=new_id(),
            site_id=site_id,
            external_id=external_id,
            url=url,
            title=title,
            is_open=True,
            published_count=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["site_id", "external_id"])
    )
    return session.scalars(select(Article.id).where(*named)).one()


def take_comments(session: Session, article: Article, *, is_open: bool) -> Article:
    """Open or close ``article`` for new comments; those that stand under it stay."""
    article.is_open = is_open
    session.flush()
    return article
