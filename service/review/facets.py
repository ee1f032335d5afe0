"""By what a queue can be narrowed, counted over its first comments: menus for the filters."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Label, Language
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


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is counted of a comment; no more is read of the first few thousand."""

    language: Language | None
    reason_codes: Sequence[str] | None
    article_id: UUID


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
    codes = Counter(code for each in found for code in each.reason_codes or ())
    languages = Counter(each.language.value for each in found if each.language)
    return Facets(
        counted=len(found),
        languages=languages.most_common(),
        labels=[(_BY_LABEL[code], n) for code, n in codes.most_common() if code in _BY_LABEL],
        reasons=[(code, n) for code, n in codes.most_common() if code not in _BY_LABEL],
        articles=_articles(session, Counter(each.article_id for each in found)),
    )


def _first(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    name: Queue,
    filters: Filters,
    now: datetime,
) -> list[_Counted]:
    if name in OF_HELD:
        if not site_ids:
            return []
        first = queue.statement(
            session, site_ids, moderator, queue=name, filters=filters, limit=COUNTED_MOST, now=now
        ).subquery()
        columns = (first.c.language, first.c.reason_codes, first.c.article_id)
        return [_Counted(*row) for row in session.execute(select(*columns))]
    if name is Queue.RECENT:
        chosen = queue.recent(session, site_ids, filters=filters, limit=COUNTED_MOST)
        ids = {choice.comment_id for choice in chosen}
        comments: Iterable[Comment] = session.scalars(select(Comment).where(Comment.id.in_(ids)))
    else:
        waiting = elsewhere.page(
            session, site_ids, moderator, queue=name, filters=filters, limit=COUNTED_MOST, now=now
        )
        comments = [each.comment for each in waiting]
    return [_Counted(each.language, each.reason_codes, each.article_id) for each in comments]


def _articles(session: Session, counts: Counter[UUID]) -> list[tuple[Article, int]]:
    shown = counts.most_common(_SHOWN_MOST)
    found = select(Article).where(Article.id.in_([article_id for article_id, _ in shown]))
    by_id = {article.id: article for article in session.scalars(found)}
    return [(by_id[article_id], count) for article_id, count in shown]
