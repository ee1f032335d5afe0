"""By what a queue can be narrowed, counted over its first comments: menus for the filters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.articles.tables import Article
from service.comments.tables import Comment
from service.moderators.tables import Moderator
from service.review import elsewhere, queue
from service.review.filters import EVERYTHING, Filters
from service.review.queue_names import OF_HELD, Queue

COUNTED_MOST: Final = 2_000
_SHOWN_MOST: Final = 30
_BY_LABEL: Final = {f"score_{label}": label.value for label in Label}


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the first ``counted`` comments have each value, the most frequent first."""

    counted: int
    languages: Sequence[tuple[str, int]]
    labels: Sequence[tuple[str, int]]
    reasons: Sequence[tuple[str, int]]
    articles: Sequence[tuple[Article, int]]


def facets(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    name: Queue,
    filters: Filters = EVERYTHING,
    now: datetime,
) -> Facets:
    """Return by what the queue can be narrowed further."""
    found = _first(session, site_ids, moderator, name=name, filters=filters, now=now)
    codes = Counter(code for comment in found for code in comment.reason_codes or ())
    languages = Counter(comment.language.value for comment in found if comment.language)
    return Facets(
        counted=len(found),
        languages=languages.most_common(),
        labels=[(_BY_LABEL[code], n) for code, n in codes.most_common() if code in _BY_LABEL],
        reasons=[(code, n) for code, n in codes.most_common() if code not in _BY_LABEL],
        articles=_articles(session, Counter(comment.article_id for comment in found)),
    )


def _first(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    name: Queue,
    filters: Filters,
    now: datetime,
) -> list[Comment]:
    if name in OF_HELD:
        return queue.page(
            session,
            site_ids,
            moderator,
            queue=name,
            filters=filters,
            limit=COUNTED_MOST,
            now=now,
        )
    if name is Queue.RECENT:
        chosen = queue.recent(session, site_ids, filters=filters, limit=COUNTED_MOST)
        ids = {choice.comment_id for choice in chosen}
        return list(session.scalars(select(Comment).where(Comment.id.in_(ids))))
    waiting = elsewhere.page(
        session, site_ids, moderator, queue=name, filters=filters, limit=COUNTED_MOST, now=now
    )
    return [each.comment for each in waiting]


def _articles(session: Session, counts: Counter[UUID]) -> list[tuple[Article, int]]:
    shown = counts.most_common(_SHOWN_MOST)
    found = select(Article).where(Article.id.in_([article_id for article_id, _ in shown]))
    by_id = {article.id: article for article in session.scalars(found)}
    return [(by_id[article_id], count) for article_id, count in shown]
