"""Claim, predict, decide: a batch at a time, each batch one transaction, until nothing waits.

What is clear at first sight is decided at once; the rest is left to `score_unclear`, so that a
burst of comments does not wait behind the few that take a hundred times as long. Who dies in the
middle leaves nothing behind: the transaction ends with the connection, and the comments are pending
as before.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import NamedTuple, Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ml.labels import Language
from service.decisions import actions as decisions
from service.decisions import by_policy, waiting
from service.decisions.verdict import Verdict
from service.decisions.waiting import Waiting
from service.errors import ModerationError
from service.jobs import Job, ScoreComments, ScoreUnclear, enqueue
from service.registry.champion import Live
from service.scoring.actions import Scored
from service.scoring.classifier import Classifier, Prediction
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


class Predict(Protocol):
    """One of the classifier's ways to look at texts."""

    def __call__(
        self, texts: Sequence[str], *, hints: Sequence[Language | None]
    ) -> Sequence[Prediction]: ...


class Claim(Protocol):
    """Claims comments that wait, until the transaction ends."""

    def __call__(self, session: Session, *, limit: int) -> list[Waiting]: ...


class Work(NamedTuple):
    """Which comments to take, so many at a time, what to do with them, and who else is woken."""

    job: Job
    claim: Claim
    limit: int
    decide: Decide


# Handing over now and then lets a worker that is asked to end do so under any load.
_SHIFT = timedelta(seconds=2)


@handles(ScoreComments)
def score_comments(job: ScoreComments, workplace: Workplace) -> None:
    """Score and decide until nothing is pending."""
    workplace.broker.wiped(job)
    until = monotonic() + _SHIFT.total_seconds()
    while score_pending(workplace) == workplace.settings.scoring.batch:
        if monotonic() > until:
            workplace.broker.publish(job)
            return
    # A batch that was not full took all there was. What has been committed since then came with a
    # wake-up of its own, because the mark was wiped before the look.


def score_pending(workplace: Workplace) -> int:
    """See to one batch of comments that nobody has looked at; return how many were claimed."""
    limit = workplace.settings.scoring.batch
    return score_batch(workplace, Work(ScoreComments(), waiting.claim_pending, limit, decide_clear))


def score_batch(workplace: Workplace, work: Work) -> int:
    """Score and decide one batch of comments; return how many were claimed."""
    try:
        return _score_batch(workplace, work, work.decide)
    except EXPECTED:
        raise
    except Exception as error:  # noqa: BLE001 - acted on, and not what a text is expected to do
        # Only the kind of the error: its own words may repeat the text.
        _log.error("batch_failed", error=type(error).__name__)
        return _score_batch(workplace, work, partial(_decide_all_that_can_be, decide=work.decide))


def _score_batch(workplace: Workplace, work: Work, decide: Decide) -> int:
    with workplace.database.transaction() as session:
        claimed = work.claim(session, limit=work.limit)
        if not claimed:
            return 0
        if len(claimed) == work.limit:
            # There is more than one process can take: wake a second one.
            workplace.broker.publish(work.job)
        decide(session, workplace, claimed, now=workplace.clock())
    return len(claimed)


def decide_clear(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Decide what is clear at first sight, and leave the rest to who looks closer."""
    verdicts: list[Verdict] = []
    for live, some in by_version(session, workplace, claimed):
        found = _predicted(some, live.classifier.predict_at_first_sight)
        unclear = [
            each.comment_id for each, seen in zip(some, found, strict=True) if seen.is_unclear
        ]
        verdicts += _ruled(session, workplace, live, some, found, left=unclear, now=now)
        if unclear:
            waiting.leave_unclear(session, unclear)
            enqueue(session, ScoreUnclear())
    _record(session, workplace, claimed, verdicts, now=now)


def decide_scored(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Score all as well as can be, however long it takes, and decide them."""
    _decide_all(session, workplace, claimed, look=lambda it: it.predict, now=now)


def decide_at_first_sight(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting], *, now: datetime
) -> None:
    """Decide all at once: a score that a closer look might correct is better than none."""
    _decide_all(session, workplace, claimed, look=lambda it: it.predict_at_first_sight, now=now)


def _decide_all(
    session: Session,
    workplace: Workplace,
    claimed: Sequence[Waiting],
    *,
    look: Callable[[Classifier], Predict],
    now: datetime,
) -> None:
    verdicts: list[Verdict] = []
    for live, some in by_version(session, workplace, claimed):
        found = _predicted(some, look(live.classifier))
        verdicts += _ruled(session, workplace, live, some, found, now=now)
    _record(session, workplace, claimed, verdicts, now=now)


def _ruled(
    session: Session,
    workplace: Workplace,
    live: Live[Classifier],
    some: Sequence[Waiting],
    predictions: Sequence[Prediction],
    *,
    left: Collection[UUID] = (),
    now: datetime,
) -> list[Verdict]:
    """Return what the sites' policies say, but for what is ``left`` to a closer look.

    Each site's comments are scored by one version, and ruled on by thresholds solved for that very
    one, whatever is promoted meanwhile.
    """
    return by_policy.rule_scored(
        session,
        some,
        _scored(some, predictions),
        model_version_id=live.version_id,
        left=left,
        floods=workplace.floods,
        solve=partial(see_to, judge=Judge(live.version_id, live.classifier), now=now),
        now=now,
    )


def _record(
    session: Session,
    workplace: Workplace,
    claimed: Sequence[Waiting],
    verdicts: Sequence[Verdict],
    *,
    now: datetime,
) -> None:
    """Record all verdicts of a batch at once: locks are in order within one call, not in two."""
    decisions.record_many(session, verdicts, now=now)
    ruled = {each.comment_id for each in verdicts}
    follow_up(session, workplace, [each for each in claimed if each.comment_id in ruled], now=now)


def by_version(
    session: Session, workplace: Workplace, claimed: Sequence[Waiting]
) -> Iterator[tuple[Live[Classifier], list[Waiting]]]:
    """Yield the versions that decide on these comments' sites, each with its comments.

    They come in the order of their ids: what is kept beside the decisions is written in one order.
    """
    live = workplace.champion.of_sites(session, {each.site_id for each in claimed})
    versions = {each.version_id: each for each in live.values()}
    for version_id in sorted(versions):
        yield (
            versions[version_id],
            [each for each in claimed if live[each.site_id].version_id == version_id],
        )


def _decide_all_that_can_be(
    session: Session,
    workplace: Workplace,
    claimed: Sequence[Waiting],
    *,
    decide: Decide,
    now: datetime,
) -> None:
    """Score and decide; what cannot be scored follows its site's degradation choice."""
    unscorable: Sequence[Waiting] = claimed
    # Where the closer look fails, the first sight may not.
    for way in dict.fromkeys((decide, decide_at_first_sight)):
        act = partial(way, session, workplace, now=now)
        unscorable = all_that_can_be(session, unscorable, act)
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
    """Return the classifier's opinion of each comment, as well as can be."""
    return _scored(claimed, _predicted(claimed, classifier.predict))


def _scored(claimed: Sequence[Waiting], predictions: Sequence[Prediction]) -> list[Scored]:
    return [
        Scored.of(each.comment_id, each.revision, seen)
        for each, seen in zip(claimed, predictions, strict=True)
    ]


def _predicted(claimed: Sequence[Waiting], predict: Predict) -> Sequence[Prediction]:
    return predict([each.body for each in claimed], hints=[each.hint for each in claimed])
