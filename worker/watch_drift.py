"""Measures once a day how far each site's comments have moved from those its model began with."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from ml.drift import unseen_share
from ml.labels import Label
from ml.predict import Predictor
from service.drift import actions
from service.drift.actions import Reader
from service.jobs import WatchDrift
from service.scoring.classifier import Classifier
from service.sites.tables import Site
from worker.task import handles
from worker.workplace import Workplace


@handles(WatchDrift)
def watch_drift(job: WatchDrift, workplace: Workplace) -> None:
    """Measure every site, each in a transaction of its own."""
    workplace.broker.wiped(job)
    with workplace.database.transaction() as session:
        site_ids: Sequence[UUID] = session.scalars(select(Site.id)).all()
    for site_id in site_ids:
        with workplace.database.transaction() as session:
            live = workplace.champion.current(session, site_id)
            actions.measure(
                session,
                site_id,
                model_version_id=live.version_id,
                reader=reader(live.classifier),
                now=workplace.clock(),
            )


def reader(classifier: Classifier) -> Reader | None:
    """Return how a version reads texts; None for one that knows no n-grams."""
    if not isinstance(classifier, Predictor):
        return None
    weights = classifier.model.classifier.weights_

    def look(texts: Sequence[str]) -> Sequence[Mapping[Label, float]]:
        return [each.scores for each in classifier.predict_at_first_sight(texts)]

    return Reader(lambda texts: unseen_share(classifier.features(texts), weights), look)
