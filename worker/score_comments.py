"""Claim, predict, decide: a batch at a time, each batch one transaction, until nothing waits.

Who dies in the middle leaves nothing behind: the transaction ends with the connection, and the
comments are pending as before.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Protocol

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.decisions import by_policy, waiting
from service.decisions.waiting import Waiting
from service.errors import ModerationError
from service.jobs import ScoreComments
from service.registry.champion import Live
from service.scoring.actions import Scored
from service.scoring.classifier import Classifier
from service.trials.solving import Judge, see_to
from worker.follow_up import follow_up
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

# Not the text's fault: the whole job is tried again.
EXPECTED = (ModerationError, OperationalError)


class Decide(Protocol):
    """Scores and decides claimed comments."""

    def __call__(
        self,
        session: Session,
        workplace: Workplace,
        claimed: Sequence[Waiting],
        *,
        now: datetime,
    ) -> None: ...


# Handing over now and then lets a worker that is asked to end do so under any load.
_SHIFT = timedelta(seconds=2)


@handles(ScoreComments)
def score_comments(job: ScoreComments, workplace: Workplace) -> None:
    """Score and decide until nothing is pending."""
    workplace.broker.wiped(job)
    until = monotonic() + _SHIFT.total_seconds()
    while score_batch(workplace) == workplace.settings.scoring.batch:
        if monotonic() > until:
            workplace.broker.publish(job)
            return
    # A batch that was not full took all there was. What has been committed since then came with a
    # wake-up of its own, because the mark was wiped before the look.


def score_batch(workplace: Workplace) -> int:
    """Score and decide one batch of pending comments; return how many were claimed."""
    try:
        return _score_batch(workplace, decide_scored)
    except EXPECTED:
        raise
    except Exception as error:  # noqa: BLE001 - acted on, and not what a text is expected to do
        # Only the kind of the error: its own words may repeat the text.
        _log.error("batch_failed", error=type(error).__name__)
        return _score_batch(workplace, _decide_all_that_can_be)


def _score_batch(workplace: Workplace, decide: Decide) -> int:
    limit = workplace.settings.scoring.batch
    with workplace.database.transaction() as session:
        claimed = waiting.claim_pending(session, limit=limit)
        if not claimed:
            return 0
        if len(claimed) == limit:
            # There is more than one process can take: wake a second one.
            workplace.broker.publish(ScoreComments())
        decide(session, workplace, claimed, now=workplace.clock())
    return len(claimed)


def decide_scored(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Score all, and decide them by their sites' policies.

    Each site's comments are scored by one version, and ruled on by thresholds solved for that very
    one, whatever is promoted meanwhile.
    """
    for live, some in by_version(session, workplace, claimed):
        judge = Judge(live.version_id, live.classifier)
        by_policy.decide_scored(
            session,
            some,
            opinions(live.classifier, some),
            model_version_id=live.version_id,
            floods=workplace.floods,
            solve=partial(see_to, judge=judge, now=now),
            now=now,
        )
    follow_up(session, workplace, claimed, now=now)


def by_version(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting]
) -> Iterator[tuple[Live[Classifier], list[Waiting]]]:
    """Yield the versions that decide on these comments' sites, each with its comments.

    Versions come in the order of their ids, so that two workers take turns in one order.
    """
    live = workplace.champion.of_sites(session, {each.site_id for each in claimed})
    versions = {each.version_id: each for each in live.values()}
    for version_id in sorted(versions):
        yield (
            versions[version_id],
            [each for each in claimed if live[each.site_id].version_id == version_id],
        )


def _decide_all_that_can_be(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Score and decide; what cannot be scored follows its site's degradation choice."""
    unscorable = all_that_can_be(
        session, claimed, lambda some: decide_scored(session, workplace, some, now=now)
    )
    by_policy.decide_unscored(session, unscorable, floods=workplace.floods, now=now)
    follow_up(session, workplace, unscorable, now=now)


def all_that_can_be(
    session: Session, claimed: Sequence[Waiting], act: Callable[[Sequence[Waiting]], None]
) -> list[Waiting]:
    """Do ``act`` for all for which it can be done; return the rest.

    Whatever one text does to the classifier must not keep the others waiting for ever: the batch is
    halved until that text stands alone.
    """
    if not claimed:
        return []
    try:
        with session.begin_nested():
            act(claimed)
    except EXPECTED:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        if len(claimed) > 1:
            middle = len(claimed) // 2
            return [
                left
                for half in (claimed[:middle], claimed[middle:])
                for left in all_that_can_be(session, half, act)
            ]
        comment_id = str(claimed[0].comment_id)
        _log.error("comment_unscorable", comment_id=comment_id, error=type(error).__name__)
        return [*claimed]
    return []


def opinions(classifier: Classifier, claimed: Sequence[Waiting]) -> list[Scored]:
    predictions = classifier.predict(
        [each.body for each in claimed], hints=[each.hint for each in claimed]
    )
    return [
        Scored.of(each.comment_id, each.revision, prediction)
        for each, prediction in zip(claimed, predictions, strict=True)
    ]
