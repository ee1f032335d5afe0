"""Finds what was forgotten, and wakes who does it. The tables know; the broker may have lost it."""

from datetime import timedelta
from functools import partial
from time import monotonic

import structlog

from service.decisions import by_policy, waiting
from service.dialects import akismet_telling
from service.errors import Unavailable
from service.jobs import (
    DeliverWebhooks,
    Rescore,
    ScoreComments,
    ScoreShadow,
    ScoreUnclear,
    Sweep,
    TellWordPress,
)
from service.learning import rescoring
from service.policy import copy_counts
from service.registry import queries as versions
from service.review import aftermath, claims, escalations, settling, vocabulary
from service.webhooks import postbag
from worker.follow_up import follow_up
from worker.score_comments import Work, decide_at_first_sight, score_batch
from worker.score_late import score_late
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

# A comment that waits longer than this was not seen by the worker that its wake-up was meant for.
_FORGOTTEN_AFTER = timedelta(seconds=2)
# Of the five between two sweeps: scoring comes first.
_READS_FOR_SECONDS = 0.5


@handles(Sweep)
def sweep(job: Sweep, workplace: Workplace) -> None:
    """Settle what is due by the clock, then wake who has work."""
    workplace.broker.wiped(job)
    settle_choices(workplace)
    end_claims(workplace)
    end_escalations(workplace)
    look_no_closer(workplace)
    give_up_waiting(workplace)
    forget_fingerprints(workplace)
    read_decisions(workplace)
    wake_for_comments(workplace)
    wake_for_deliveries(workplace)
    wake_for_wordpress(workplace)
    wake_for_model_versions(workplace)
    # Last, because it takes longest, and has nothing to do without a classifier.
    score_late(workplace)


def settle_choices(workplace: Workplace) -> None:
    """Make decisions of the moderators' choices that can no longer be undone."""
    looked_at = 1
    while looked_at:
        with workplace.database.transaction() as session:
            looked_at = settling.settle_due(session, now=workplace.clock())


def end_claims(workplace: Workplace) -> None:
    """Forget the claims that have run out."""
    with workplace.database.transaction() as session:
        claims.end_expired(session, now=workplace.clock())


def end_escalations(workplace: Workplace) -> None:
    """Forget what was left to a lead and has been decided otherwise."""
    with workplace.database.transaction() as session:
        escalations.forget_ended(session)


def look_no_closer(workplace: Workplace) -> None:
    """Decide at first sight what has waited for a closer look past the deadline."""
    scoring = workplace.settings.scoring
    overdue = partial(waiting.claim_unclear, sent_before=workplace.clock() - scoring.deadline)
    work = Work(ScoreUnclear(), overdue, scoring.batch, decide_at_first_sight)
    try:
        while count := score_batch(workplace, work):
            _log.warning("comments_judged_at_first_sight", count=count)
    except Unavailable:
        # Without a classifier there is no first sight either.
        return


def give_up_waiting(workplace: Workplace) -> None:
    """Decide without a score what has waited for one past the deadline."""
    scoring = workplace.settings.scoring
    while True:
        now = workplace.clock()
        with workplace.database.transaction() as session:
            claimed = waiting.claim_overdue(
                session, sent_before=now - scoring.deadline, limit=scoring.batch
            )
            by_policy.decide_unscored(session, claimed, floods=workplace.floods, now=now)
            follow_up(session, workplace, claimed, now=now)
        if not claimed:
            return
        _log.error("comments_without_score", count=len(claimed))


def forget_fingerprints(workplace: Workplace) -> None:
    """Forget the texts that no policy can ask about any more."""
    with workplace.database.transaction() as session:
        copy_counts.forget_old(session, now=workplace.clock())


def read_decisions(workplace: Workplace) -> None:
    """Do what follows from decisions a while later; what is not read now, the next sweep reads."""
    until = monotonic() + _READS_FOR_SECONDS
    read = 1
    while read and monotonic() < until:
        with workplace.database.transaction() as session:
            read = aftermath.read_on(session, now=workplace.clock())
    with workplace.database.transaction() as session:
        vocabulary.check(session, now=workplace.clock())
        vocabulary.tidy_index(session)


def wake_for_comments(workplace: Workplace) -> None:
    forgotten = workplace.clock() - _FORGOTTEN_AFTER
    with workplace.database.transaction() as session:
        is_due = waiting.has_pending(session, sent_before=forgotten)
        is_unclear = waiting.has_unclear(session)
    if is_due:
        workplace.broker.publish(ScoreComments())
    if is_unclear:
        workplace.broker.publish(ScoreUnclear())


def wake_for_deliveries(workplace: Workplace) -> None:
    with workplace.database.transaction() as session:
        is_due = postbag.endpoints_with_due(session, now=workplace.clock(), limit=1)
    if is_due:
        workplace.broker.publish(DeliverWebhooks())


def wake_for_wordpress(workplace: Workplace) -> None:
    with workplace.database.transaction() as session:
        is_due = akismet_telling.has_due(session, now=workplace.clock())
    if is_due:
        workplace.broker.publish(TellWordPress())


def wake_for_model_versions(workplace: Workplace) -> None:
    """Have shadows score what was decided, and old comments be scored again where asked for."""
    with workplace.database.transaction() as session:
        has_shadow = bool(versions.shadows(session))
        has_wish = rescoring.has_waiting(session)
    if has_shadow:
        workplace.broker.publish(ScoreShadow())
    if has_wish:
        workplace.broker.publish(Rescore())
