"""Which errors the sites that a model is for accept: at these its workload is measured."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from ml.duel import Points
from ml.thresholds import Automatic
from service.policy import in_force


def points(session: Session, site_ids: Collection[UUID]) -> Points:
    """Return the strictest of what the sites' policies wish for; what none speaks of, as built in.

    A site that wishes for nothing has thresholds of its own, and accepts what these bring.
    """
    ruling = in_force.by_site(session, site_ids, model_version_id=None)
    wished = [wish.point for each in ruling.values() for wish in each.document.wishes]
    shares: dict[Automatic, list[float]] = {each: [] for each in Automatic}
    for point in wished:
        shares[point.automatic].append(point.share)
    built_in = Points()
    return Points(
        reject=max(shares[Automatic.REJECT], default=built_in.reject),
        approve=min(shares[Automatic.APPROVE], default=built_in.approve),
    )
