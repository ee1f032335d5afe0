"""Looks closer at what is unclear at first sight: a few comments, then others have their turn."""

from service.decisions import waiting
from service.jobs import ScoreUnclear
from worker.score_comments import Work, decide_scored, score_batch
from worker.task import handles
from worker.workplace import Workplace


@handles(ScoreUnclear)
def score_unclear(job: ScoreUnclear, workplace: Workplace) -> None:
    """Score and decide a few comments; who finds that there are more has said so."""
    workplace.broker.wiped(job)
    limit = workplace.settings.scoring.unclear_batch
    score_batch(workplace, Work(job, waiting.claim_unclear, limit, decide_scored))
