"""Claim, predict, decide: a batch at a time, each batch one transaction, until nothing waits.

Who dies in the middle leaves nothing behind: the transaction ends with the connection, and the
comments are pending as before.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog
from sqlalchemy import exists
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.decisions import actions, by_policy, waiting
from service.decisions.waiting import Waiting
from service.errors import ModerationError
from service.jobs import ScoreComments
from service.registry.champion import Live
from service.review.tables import Claim
from service.scoring import actions as scoring
from service.scoring.actions import Scored
from service.scoring.classifier import Classifier
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

_Act = Callable[[Sequence[Waiting]], None]

# Handing over now and then lets a worker that is asked to end do so under any load.
_SHIFT = timedelta(seconds=2)
# How long a comment that was decided without a score waits for the next try.
PATIENCE = timedelta(seconds=30)


@handles(ScoreComments)
def score_comments(job: ScoreComments, workplace: Workplace) -> None:
    """Score and decide until nothing is pending; then what was decided without a score."""
    workplace.broker.wiped(job)
    until = monotonic() + _SHIFT.total_seconds()
    while monotonic() < until:
        if not (score_batch(workplace) or score_late_batch(workplace)):
            return
    workplace.broker.publish(job)


def score_batch(workplace: Workplace) -> int:
    """Score and decide one batch of pending comments; return how many were claimed."""
    limit = workplace.settings.scoring.batch
    with workplace.database.transaction() as session:
        claimed = waiting.claim_pending(session, limit=limit)
        if not claimed:
            return 0
        if len(claimed) == limit:
            # There is more than one process can take: wake a second one.
            workplace.broker.publish(ScoreComments())
        live = workplace.champion.current(session)
        _decide(session, live, claimed, now=workplace.clock())
    return len(claimed)


def score_late_batch(workplace: Workplace) -> int:
    """Score one batch of comments that were decided without a score; return how many.

    They are decided again, unless a person has decided meanwhile or has them in hand.
    """
    now = workplace.clock()
    in_hand = exists().where(Claim.comment_id == Comment.id, Claim.expires_at > now)
    with workplace.database.transaction() as session:
        claimed = waiting.claim_unscored(
            session,
            decided_before=now - PATIENCE,
            free=~in_hand,
            limit=workplace.settings.scoring.batch,
        )
        if claimed:
            live = workplace.champion.current(session)
            _decide_late(session, live, claimed, now=now)
    return len(claimed)


def _decide(
    session: Session, live: Live[Classifier], claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Score and decide all; what cannot be scored follows its site's degradation choice."""

    def degrade(unscorable: Sequence[Waiting]) -> None:
        by_policy.decide_unscored(session, unscorable, now=now)

    _all_that_can_be(session, claimed, partial(_decide_scored, session, live, now), degrade)


def _decide_late(
    session: Session, live: Live[Classifier], claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Score all, and decide those again that no person has decided meanwhile."""

    def keep_scores(decided: Sequence[Waiting]) -> None:
        opinions = _opinions(live.classifier, decided)
        scoring.record(session, opinions, model_version_id=live.version_id, now=now)

    def give_up(unscorable: Sequence[Waiting]) -> None:
        del unscorable  # it stays as it was decided

    by_people = waiting.decided_by_people(session, [each.comment_id for each in claimed])
    settled = [each for each in claimed if each.comment_id in by_people]
    others = [each for each in claimed if each.comment_id not in by_people]
    _all_that_can_be(session, settled, keep_scores, give_up)
    _all_that_can_be(session, others, partial(_decide_scored, session, live, now), give_up)
    actions.stop_wanting_scores(session, [each.comment_id for each in claimed])


def _all_that_can_be(
    session: Session, claimed: Sequence[Waiting], act: _Act, otherwise: _Act
) -> None:
    """Do ``act`` for all for which it can be done, and ``otherwise`` for each of the rest.

    Whatever one text does to the classifier must not keep the others waiting for ever: the batch is
    halved until that text stands alone.
    """
    if not claimed:
        return
    try:
        with session.begin_nested():
            act(claimed)
    except (ModerationError, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001 - acted on, and not what a text is expected to do
        # Only the kind of the error: its own words may repeat the text.
        _log.error("scoring_failed", size=len(claimed), error=type(error).__name__)
        if len(claimed) == 1:
            _log.error("comment_unscorable", comment_id=str(claimed[0].comment_id))
            otherwise(claimed)
            return
        middle = len(claimed) // 2
        for half in (claimed[:middle], claimed[middle:]):
            _all_that_can_be(session, half, act, otherwise)


def _decide_scored(
    session: Session, live: Live[Classifier], now: datetime, claimed: Sequence[Waiting]
) -> None:
    opinions = _opinions(live.classifier, claimed)
    by_policy.decide_scored(session, claimed, opinions, model_version_id=live.version_id, now=now)


def _opinions(classifier: Classifier, claimed: Sequence[Waiting]) -> list[Scored]:
    predictions = classifier.predict(
        [each.body for each in claimed], hints=[each.hint for each in claimed]
    )
    return [
        Scored.of(each.comment_id, each.revision, prediction)
        for each, prediction in zip(claimed, predictions, strict=True)
    ]
