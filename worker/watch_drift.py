"""Measures once a day how far each site's comments have moved from those its model began with."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.drift import unseen_share
from ml.labels import Label
from ml.predict import Predictor
from service.drift import actions
from service.drift.actions import Reader
from service.jobs import WatchDrift
from service.learning import due, runs
from service.learning.errors import RunUnderWay
from service.learning.states import Cause
from service.scoring.classifier import Classifier
from service.sites.tables import Site
from worker.task import handles
from worker.workplace import Workplace

_log = structlog.get_logger(__name__)


@handles(WatchDrift)
def watch_drift(job: WatchDrift, workplace: Workplace) -> None:
    """Measure every site, each in a transaction of its own."""
    workplace.broker.wiped(job)
    with workplace.database.transaction() as session:
        site_ids: Sequence[UUID] = session.scalars(select(Site.id)).all()
    for site_id in site_ids:
        with workplace.database.transaction() as session:
            live = workplace.champion.current(session, site_id)
            reading = actions.measure(
                session,
                site_id,
                model_version_id=live.version_id,
                reader=reader(live.classifier),
                now=workplace.clock(),
            )
            if reading is not None and reading.alarms and workplace.settings.learning.on_drift:
                _ask_for_run(session, site_id, workplace)


def _ask_for_run(session: Session, site_id: UUID, workplace: Workplace) -> None:
    """Have the site's model trained anew, unless a run is under way or there is too little."""
    settings = workplace.settings.learning
    scope = due.scope(session, due.scope_of_site(session, site_id, settings), settings)
    if not scope.is_enough(settings):
        return
    try:
        runs.ask(session, scope.site_id, cause=Cause.DRIFT, now=workplace.clock())
    except RunUnderWay:
        _log.info("drift_while_a_run_is_under_way", site=str(site_id))


def reader(classifier: Classifier) -> Reader | None:
    """Return how a version reads texts; None for one that knows no n-grams."""
    if not isinstance(classifier, Predictor):
        return None
    weights = classifier.model.classifier.weights_

    def look(texts: Sequence[str]) -> Sequence[Mapping[Label, float]]:
        return [each.scores for each in classifier.predict_at_first_sight(texts)]

    return Reader(lambda texts: unseen_share(classifier.features(texts), weights), look)
