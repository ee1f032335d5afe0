"""What a site wants of learning: kept, and read with what is built in."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.learning.plan import PlanDocument
from service.learning.tables import Plan
from service.sites.tables import Site


def save(session: Session, site: Site, wanted: PlanDocument, *, by: str, now: datetime) -> Plan:
    """Have the plan hold for every run that begins from now on.

    Raises:
        PlanInvalid: it cannot be followed, or a limit is looser than what is built in.
    """
    kept = {
        "document": wanted.checked().model_dump(mode="json", exclude_none=True),
        "changed_by": by,
        "changed_at": now,
    }
    session.execute(
        insert(Plan)
        .values(site_id=site.id, **kept)
        .on_conflict_do_update(index_elements=[Plan.site_id], set_=kept)
    )
    return session.get_one(Plan, site.id, populate_existing=True)
