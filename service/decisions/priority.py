"""How urgently a held comment waits for a person, as a number that never has to be updated.

A comment's priority is

    likely harm x (1 + readers) x 2^(hours held / 4)

where *likely harm* is its urgency (at least 0.01), and *readers* is the article's activity: the
comments that readers were shown there lately, each counting half as much after six hours. So what
may harm comes first, before it what may harm where many read, and what waits doubles its weight
every four hours: after thirteen hours a comment that harms with one in ten comes before a new one
that harms with nine in ten, and nothing waits for ever.

Every comment's priority grows by the same factor while time passes, so their order never changes.
That is why what is stored, and indexed, is the part that stands still: the logarithm to base two,
less the time at which the comment was held.
"""

import math
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select

from service.articles.tables import Article
from service.comments.status import Status
from service.comments.tables import Comment
from service.texts import said

DOUBLES_EVERY: Final = timedelta(hours=4)
ACTIVITY_HALVES_EVERY: Final = timedelta(hours=6)
SENTENCE: Final = said(
    "Most urgent first: likely harm, times the comments lately read under the article, doubled for"
    " every four hours of waiting."
)
_HARM_LEAST = 0.01


def weight(priority: float, *, now: datetime) -> float:
    """Return what a stored priority amounts to now: harm x (1 + readers) x 2^(hours held / 4)."""
    doublings = priority + now.timestamp() / DOUBLES_EVERY.total_seconds()
    return math.exp2(min(doublings, 1023.0))


def activity_at(now: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return how much is read under an article at that time."""
    seconds = func.date_part("epoch", now - func.coalesce(Article.activity_at, now))
    halves = func.greatest(seconds, 0) / ACTIVITY_HALVES_EVERY.total_seconds()
    return Article.activity * func.power(0.5, func.least(halves, 1000.0))


def stored(
    urgency: ColumnElement[Any], status: ColumnElement[Any], *, now: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Return the priority to store with a comment that gets ``urgency`` and ``status`` now.

    One that is held already keeps its place in time.
    """
    readers = (
        select(activity_at(now))
        .where(Article.id == Comment.article_id)
        .correlate(Comment)
        .scalar_subquery()
    )
    held_at = case(
        (Comment.status == Status.HELD, func.coalesce(Comment.decided_at, now)), else_=now
    )
    since = func.date_part("epoch", held_at) / DOUBLES_EVERY.total_seconds()
    factors = func.greatest(urgency, _HARM_LEAST) * (1 + func.coalesce(readers, 0))
    return case((status == Status.HELD.value, func.ln(factors) / math.log(2) - since), else_=0.0)
