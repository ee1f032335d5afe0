"""Verbs that change articles."""

from sqlalchemy.orm import Session

from service.articles.tables import Article


def take_comments(session: Session, article: Article, *, is_open: bool) -> Article:
    """Open or close ``article`` for new comments; those that stand under it stay."""
    article.is_open = is_open
    session.flush()
    return article
