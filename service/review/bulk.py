"""Many held comments at once: by selection, or by a range of scores seen on a histogram."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.tables import Comment
from service.db import new_id
from service.errors import ModerationError
from service.moderators.tables import Moderator
from service.review import actions
from service.review.actions import Wish
from service.review.errors import ChoiceNotFound
from service.review.queue import IS_HELD, is_chosen, is_claimed, is_escalated
from service.review.tables import Choice
from service.scoring.tables import Score

BINS = 50


@dataclass(frozen=True, slots=True)
class Bulk:
    """What came of a decision on many: how many were decided, and why the others were not."""

    id: UUID
    settles_at: datetime
    decided: Sequence[UUID]
    refused: dict[UUID, ModerationError]


@dataclass(frozen=True, slots=True)
class Range:
    """Scores from ``low`` to below ``high``, of one label, or of the worst one (``label`` None).

    The last bin holds 1.0 too, so a range that reaches 1 does.
    """

    low: float
    high: float
    label: Label | None = None


def histogram(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    label: Label | None,
    now: datetime,
) -> list[int]:
    """Count the free held comments by score, in ``BINS`` bins of equal width over [0, 1]."""
    score = _score(label)
    place = func.least(func.width_bucket(score, 0.0, 1.0, BINS), BINS)
    rows = session.execute(
        select(place, func.count())
        .select_from(Comment)
        .where(Comment.site_id.in_(site_ids), *_is_free(moderator, now=now), score.is_not(None))
        .group_by(place)
    )
    counted = {bin_: count for bin_, count in rows}  # noqa: C416 - rows are no pairs to mypy
    return [counted.get(bin_, 0) for bin_ in range(1, BINS + 1)]


def in_range(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    wanted: Range,
    *,
    limit: int,
    now: datetime,
) -> list[Comment]:
    """Return the free held comments whose score lies in the range, highest first."""
    score = _score(wanted.label)
    below = score <= wanted.high if wanted.high >= 1 else score < wanted.high
    found = (
        select(Comment)
        .where(
            Comment.site_id.in_(site_ids),
            *_is_free(moderator, now=now),
            score >= wanted.low,
            below,
        )
        .order_by(score.desc(), Comment.id)
        .limit(limit)
    )
    return list(session.scalars(found))


def decide_many(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    wishes: dict[UUID, Wish],
    *,
    now: datetime,
    window: timedelta,
) -> Bulk:
    """Decide each comment as if alone, marked as one of many; one refusal stops no other."""
    bulk_id = new_id()
    made = actions.decide_each(
        session, moderator, site_ids, wishes, now=now, window=window, bulk_id=bulk_id
    )
    return Bulk(bulk_id, now + window, list(made.choices), dict(made.refused))


def undo_many(
    session: Session, moderator: Moderator, bulk_id: UUID, *, now: datetime
) -> tuple[int, int]:
    """Take all of one bulk back; return how many were, and for how many it was too late.

    Raises:
        ChoiceNotFound: there is no such bulk of this moderator.
    """
    of_bulk = select(Choice).where(Choice.bulk_id == bulk_id, Choice.moderator_id == moderator.id)
    choices = list(session.scalars(of_bulk.order_by(Choice.comment_id)))
    if not choices:
        raise ChoiceNotFound
    too_late = len(actions.undo_each(session, choices, now=now))
    return len(choices) - too_late, too_late


def _score(label: Label | None) -> SQLColumnExpression[float]:
    """Return the newest score of the label; of any harm it stands on the comment itself."""
    if label is None:
        return Comment.urgency
    newest = (
        select(getattr(Score, label.value))
        .where(Score.comment_id == Comment.id, Score.revision == Comment.revision)
        .order_by(Score.id.desc())
        .limit(1)
    )
    found: SQLColumnExpression[float] = newest.scalar_subquery()
    return found


def _is_free(moderator: Moderator, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        IS_HELD,
        ~is_escalated(),
        ~is_chosen(Comment.id),
        ~is_claimed(now=now, but_by=moderator),
    )
