"""Scoring old comments again: only when somebody asks, and only while nothing else waits."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.jobs import Rescore, enqueue
from service.learning.states import RescoringState
from service.learning.tables import Rescoring
from service.scoring import actions as scoring
from service.scoring.actions import Scored


def ask(session: Session, site_id: UUID, *, since: datetime, by: str, now: datetime) -> Rescoring:
    """Remember that the site's comments sent since then are to be scored again."""
    row = Rescoring(
        id=new_id(),
        site_id=site_id,
        asked_by=by,
        asked_at=now,
        since=since if since.tzinfo else since.replace(tzinfo=UTC),
    )
    session.add(row)
    session.flush()
    enqueue(session, Rescore())
    return row


def has_waiting(session: Session) -> bool:
    """Say whether somebody waits for old comments to be scored."""
    waiting = select(Rescoring.id).where(Rescoring.state == RescoringState.WAITING).limit(1)
    return session.scalar(waiting) is not None


def next_batch(session: Session, *, limit: int) -> tuple[Rescoring, list[Comment]] | None:
    """Take the oldest wish and its next comments, newest first; None: nobody wishes anything.

    Who takes it holds it until the transaction ends; another worker finds none meanwhile.
    """
    row = session.scalars(
        select(Rescoring)
        .where(Rescoring.state == RescoringState.WAITING)
        .order_by(Rescoring.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    wanted = select(Comment).where(
        Comment.site_id == row.site_id,
        Comment.created_at >= row.since,
        Comment.created_at <= row.asked_at,
        Comment.status.not_in((Status.PENDING, Status.WITHDRAWN)),
    )
    if row.before is not None:
        wanted = wanted.where(Comment.id < row.before)
    return row, list(session.scalars(wanted.order_by(Comment.id.desc()).limit(limit)))


def keep(
    session: Session,
    row: Rescoring,
    scored: Sequence[Scored],
    *,
    model_version_id: int,
    last: UUID | None,
    now: datetime,
) -> None:
    """Keep the scores beside the old ones, and where to go on; ``last`` None: that was all."""
    scoring.record(session, scored, model_version_id=model_version_id, now=now)
    row.scored += len(scored)
    if last is None:
        row.state, row.ended_at = RescoringState.DONE, now
    else:
        row.before = last
    session.flush()
