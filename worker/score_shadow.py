"""Has a version that decides nothing yet score what the champion has scored. Decides nothing."""

from datetime import timedelta
from time import monotonic

import structlog
from sqlalchemy.orm import Session

from ml.labels import Language
from service.decisions import waiting
from service.jobs import ScoreShadow
from service.learning import shadows
from service.learning.shadows import Unshadowed
from service.registry import queries as versions
from service.registry.errors import ChampionUnusable
from service.registry.tables import ModelVersion
from service.scoring.actions import Scored
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)

# What waits for a decision comes first; the rest is for the next look.
_SHIFT = timedelta(seconds=2)


@handles(ScoreShadow)
def score_shadow(job: ScoreShadow, workplace: Workplace) -> None:
    """Score for every shadow, for a while, as long as no comment waits."""
    workplace.broker.wiped(job)
    until = monotonic() + _SHIFT.total_seconds()
    while monotonic() < until and score_batch(workplace):
        continue


def score_batch(workplace: Workplace) -> int:
    """Score one batch for each shadow; return how many comments that were."""
    now = workplace.clock()
    with workplace.database.transaction() as session:
        if waiting.has_pending(session, sent_before=now):
            return 0
        return sum(_score(session, workplace, each) for each in versions.shadows(session))


def _score(session: Session, workplace: Workplace, shadow: ModelVersion) -> int:
    champion = shadows.deciding(session, shadow)
    if champion is None:
        return 0
    limit = workplace.settings.scoring.unclear_batch
    found = shadows.unshadowed(session, champion.id, shadow.id, limit=limit)
    if not found:
        return 0
    try:
        live = workplace.champion.version(session, shadow.id, shadow.digest)
    except ChampionUnusable as error:
        _log.error("shadow_unusable", version=shadow.id, reason=error.detail)
        return 0
    predictions = live.classifier.predict(
        [each.body for each in found], hints=[_hint(each) for each in found]
    )
    scored = [
        Scored.of(each.comment_id, each.revision, prediction)
        for each, prediction in zip(found, predictions, strict=True)
    ]
    shadows.record(session, scored, version_id=shadow.id, now=workplace.clock())
    return len(found)


def _hint(comment: Unshadowed) -> Language | None:
    return waiting.language_of(comment.language_hint)
