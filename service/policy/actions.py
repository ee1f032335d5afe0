"""Saving a policy: always another version, never a change of one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.policy import queries
from service.policy.changes import changes
from service.policy.document import PolicyDocument
from service.policy.errors import SavedMeanwhile
from service.policy.queries import PolicyVersion
from service.policy.tables import Policy
from service.sites.tables import Site


def save(
    session: Session,
    site_id: UUID,
    document: PolicyDocument,
    *,
    note: str,
    saved_by: str,
    based_on: int | None = None,
    now: datetime,
) -> PolicyVersion:
    """Have ``document`` rule from now on, as the site's next version.

    Saving what rules already is harmless: no version is made. Rolling back is saving an old
    document again.

    Raises:
        SavedMeanwhile: ``based_on`` is given, and another version was saved since that one.
    """
    # The site's row is the queue of those who save at once.
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))
    before = queries.current(session, site_id)
    if before.id is not None and before.document == document:
        return before
    if based_on is not None and before.version != based_on:
        raise SavedMeanwhile(before.saved_by, before.version)
    saved = Policy(
        site_id=site_id,
        version=before.version + 1,
        document=document.model_dump(mode="json"),
        changes=changes(before.document, document),
        note=note,
        saved_by=saved_by,
        saved_at=now,
    )
    session.add(saved)
    session.flush()
    return PolicyVersion.of(saved)


def restore(
    session: Session, site_id: UUID, number: int, *, note: str, saved_by: str, now: datetime
) -> PolicyVersion:
    """Have an old version rule again, as a new one.

    Raises:
        PolicyVersionNotFound: the site never saved it.
    """
    old = queries.version(session, site_id, number)
    return save(session, site_id, old.document, note=note, saved_by=saved_by, now=now)
