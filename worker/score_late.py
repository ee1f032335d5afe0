"""Scores what was decided without a score, when a score can be had again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.decisions import actions, waiting
from service.decisions.waiting import Waiting
from service.review import queue
from service.scoring import actions as scoring
from worker.score_comments import all_that_can_be, by_version, decide_scored, opinions
from worker.workplace import Workplace

# How long a comment that was decided without a score waits for the next try.
PATIENCE = timedelta(seconds=30)
# The rest is for the next sweep: pending comments come first.
_SHIFT = timedelta(seconds=2)


def score_late(workplace: Workplace) -> None:
    """Score what was decided without a score, for a while, or until nothing is left.

    It is decided again, unless a person has decided meanwhile. What a person has in hand, has
    chosen or has left to a lead waits until that has ended.

    Raises:
        Unavailable: there is still no classifier.
    """
    until = monotonic() + _SHIFT.total_seconds()
    while _score_batch(workplace) == workplace.settings.scoring.unclear_batch:
        if monotonic() > until:
            return


def _score_batch(workplace: Workplace) -> int:
    now = workplace.clock()
    is_free = queue.is_free(now=now)
    with workplace.database.transaction() as session:
        claimed = waiting.claim_unscored(
            session,
            decided_before=now - PATIENCE,
            free=is_free,
            # Any of them may need a closer look, and who edits or withdraws one waits for it.
            limit=workplace.settings.scoring.unclear_batch,
        )
        # Asked again under the lock: somebody may have taken one while it was being claimed.
        ids = [each.comment_id for each in claimed]
        still = set(session.scalars(select(Comment.id).where(Comment.id.in_(ids), is_free)))
        if still:
            _decide(session, workplace, [c for c in claimed if c.comment_id in still], now=now)
    return len(claimed)


def _decide(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting], *, now: datetime
) -> None:
    def keep_scores(some: Sequence[Waiting]) -> None:
        for live, comments in by_version(session, workplace, some):
            scored = opinions(live.classifier, comments)
            scoring.record(session, scored, model_version_id=live.version_id, now=now)

    def decide_again(some: Sequence[Waiting]) -> None:
        decide_scored(session, workplace, some, now=now)

    by_people = waiting.decided_by_people(session, [each.comment_id for each in claimed])
    all_that_can_be(session, [c for c in claimed if c.comment_id in by_people], keep_scores)
    all_that_can_be(session, [c for c in claimed if c.comment_id not in by_people], decide_again)
    # What cannot be scored this time either stays as it was decided.
    actions.stop_wanting_scores(session, [each.comment_id for each in claimed])
