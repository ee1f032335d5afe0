"""Has operators learn of a model that judges without the second tier it was trained with."""

from collections.abc import Iterable

import structlog
from prometheus_client import Counter

from ml.lack import Lack
from service import metrics
from service.scoring.classifier import Classifier

_log = structlog.get_logger(__name__)

LACKING = Counter(
    "parley_models_loaded_without_second_tier",
    "Loads of a model whose second tier cannot judge, so that the first judges alone.",
    ("reason",),
    registry=metrics.REGISTRY,
)


def tell(classifier: Classifier) -> None:
    """Warn, and count it, where the first tier judges alone and should not."""
    lack = classifier.lack
    if lack is None:
        return
    LACKING.labels(lack.reason.value).inc()
    _log.warning(
        "second_tier_missing",
        reason=lack.reason.value,
        detail=lack.detail,
        model=classifier.version,
    )


def first_of(classifiers: Iterable[Classifier]) -> Lack | None:
    """Return what the first of them that lacks something lacks."""
    return next((each.lack for each in classifiers if each.lack is not None), None)
