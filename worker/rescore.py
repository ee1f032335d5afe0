"""Scores old comments again, when somebody asked for it and nothing else waits."""

from datetime import timedelta
from time import monotonic

from service.decisions import waiting
from service.jobs import Rescore
from service.learning import rescoring
from service.scoring.actions import Scored
from worker.task import handles
from worker.workplace import Workplace

_SHIFT = timedelta(seconds=2)


@handles(Rescore)
def rescore(job: Rescore, workplace: Workplace) -> None:
    """Score for a while, as long as no comment waits; the sweep wakes for the rest."""
    workplace.broker.wiped(job)
    until = monotonic() + _SHIFT.total_seconds()
    while monotonic() < until and rescore_batch(workplace):
        continue


def rescore_batch(workplace: Workplace) -> bool:
    """Score one batch again; say whether there is more to do."""
    now, limit = workplace.clock(), workplace.settings.scoring.unclear_batch
    with workplace.database.transaction() as session:
        if waiting.has_pending(session, sent_before=now):
            return False
        taken = rescoring.next_batch(session, limit=limit)
        if taken is None:
            return False
        wish, comments = taken
        live = workplace.champion.current(session, wish.site_id)
        predictions = live.classifier.predict(
            [each.body for each in comments],
            hints=[waiting.language_of(each.language_hint) for each in comments],
        )
        scored = [
            Scored.of(each.id, each.revision, prediction)
            for each, prediction in zip(comments, predictions, strict=True)
        ]
        rescoring.keep(
            session,
            wish,
            scored,
            model_version_id=live.version_id,
            last=comments[-1].id if len(comments) == limit else None,
            now=now,
        )
        return True
