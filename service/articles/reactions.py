"""Readers say whether they like an article: one answer each; the totals stand with the article."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.articles.tables import Article, Reaction


def react(
    session: Session, article_id: UUID, reader: bytes, *, is_yes: bool | None, now: datetime
) -> Article:
    """Keep the reader's answer in place of the one before, None takes it back; return the article.

    The article's row is the queue of those who answer at once, so the totals are always those of
    the answers.
    """
    locked = select(Article.id).where(Article.id == article_id)
    session.execute(locked.with_for_update(key_share=True))
    mine = (Reaction.article_id == article_id, Reaction.reader == reader)
    before: bool | None = session.scalar(select(Reaction.is_yes).where(*mine))
    if is_yes is None:
        session.execute(delete(Reaction).where(*mine))
    elif before is None:
        row = {"article_id": article_id, "reader": reader, "is_yes": is_yes, "answered_at": now}
        session.execute(insert(Reaction).values(row))
    elif before is not is_yes:
        changed = update(Reaction).where(*mine).values(is_yes=is_yes, answered_at=now)
        session.execute(changed)
    counted = (
        update(Article)
        .where(Article.id == article_id)
        .values(
            yes_count=Article.yes_count + int(is_yes is True) - int(before is True),
            no_count=Article.no_count + int(is_yes is False) - int(before is False),
        )
        .returning(Article)
        .execution_options(populate_existing=True)
    )
    return session.scalars(counted).one()
