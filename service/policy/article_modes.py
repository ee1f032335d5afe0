"""Articles under which a person sees each comment first: by the site's wish, or after a raid."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.policy.tables import PreModeratedArticle

_log = structlog.get_logger(__name__)

RAID, SITE = "raid", "site"


def pre_moderate(
    session: Session, article: Article, *, until: datetime | None, now: datetime
) -> None:
    """Have a person see each comment under the article first, until then or until it is ended."""
    _put(session, {article.id: article.site_id}, SITE, until=until, now=now)


def end(session: Session, article: Article) -> None:
    """Publish clear comments under the article at once again; harmless to repeat."""
    session.execute(delete(PreModeratedArticle).where(PreModeratedArticle.article_id == article.id))


def raided(
    session: Session, site_by_article: Mapping[UUID, UUID], *, until: datetime, now: datetime
) -> None:
    """Pre-moderate articles that many new authors came to at once, and raise the alarm."""
    for article_id in _put(session, site_by_article, RAID, until=until, now=now):
        _log.error(
            "article_raided",
            article_id=str(article_id),
            site_id=str(site_by_article[article_id]),
            pre_moderated_until=until.isoformat(),
        )


def is_active(now: datetime) -> ColumnElement[bool]:
    return or_(PreModeratedArticle.until.is_(None), PreModeratedArticle.until > now)


def state(session: Session, article_id: UUID, *, now: datetime) -> PreModeratedArticle | None:
    """Return how the article is pre-moderated, if it is."""
    row = select(PreModeratedArticle).where(PreModeratedArticle.article_id == article_id)
    return session.scalars(row.where(is_active(now))).one_or_none()


def count_raided(session: Session, *, now: datetime) -> int:
    """Return how many articles are pre-moderated for a raid now."""
    raids = select(func.count()).where(PreModeratedArticle.cause == RAID, is_active(now))
    return session.scalars(raids).one()


def _put(
    session: Session,
    site_by_article: Mapping[UUID, UUID],
    cause: str,
    *,
    until: datetime | None,
    now: datetime,
) -> list[UUID]:
    """Store, in place of what is over or of a mere raid; return the articles that changed."""
    put = insert(PreModeratedArticle)
    over = PreModeratedArticle.until <= now
    replaced = put.on_conflict_do_update(
        index_elements=["article_id"],
        set_={name: put.excluded[name] for name in ("cause", "since", "until")},
        where=over if cause == RAID else None,
    )
    rows = [
        {"article_id": article, "site_id": site, "cause": cause, "since": now, "until": until}
        for article, site in sorted(site_by_article.items())
    ]
    changed = session.scalars(replaced.returning(PreModeratedArticle.article_id), rows)
    return list(changed)
