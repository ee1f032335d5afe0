"""Which classifier scores a site's texts in a process that answers at once."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from service.scoring.classifier import Classifier


class Scoring(Protocol):
    """What the process keeps up to date: the shared champion, and sites' own ones."""

    classifier: Classifier
    own_classifiers: Mapping[UUID, Classifier]


def of_site(state: Scoring, site_id: UUID | None) -> Classifier:
    """Return the classifier that is live on the site; without a site, the shared one."""
    if site_id is None:
        return state.classifier
    return state.own_classifiers.get(site_id, state.classifier)
