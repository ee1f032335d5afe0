"""Copies of texts, found by their fingerprints in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.policy.copies import BANDS, Fingerprint
from service.policy.evidence import CopyCounts
from service.policy.sections import Copies
from service.policy.tables import TextFingerprint

# The longest window that a policy may set.
KEPT = timedelta(hours=720)
_NEVER = 1_000_000

# Counting ends where the policy's bound is reached: a flood of copies is not counted to its end.
# Comments count what came before them; their ids grow with time.
_COUNT = text("""
    SELECT own.comment_id,
        1 + (
            SELECT count(*) FROM (
                SELECT 1 FROM text_fingerprints other
                WHERE other.site_id = own.site_id AND other.exact = own.exact
                    AND other.written_at >= own.written_at - make_interval(hours => :hours)
                    AND other.comment_id < own.comment_id
                LIMIT :exact - 1
            ) AS found
        ) AS exact,
        1 + (
            SELECT count(*) FROM (
                SELECT 1 FROM text_fingerprints other
                WHERE other.site_id = own.site_id AND other.bands && own.bands
                    AND other.written_at >= own.written_at - make_interval(hours => :hours)
                    AND other.comment_id < own.comment_id
                    AND :shared <= (
                        SELECT count(*) FROM unnest(other.bands) AS band
                        WHERE band = ANY(own.bands)
                    )
                LIMIT :near - 1
            ) AS found
        ) AS near
    FROM text_fingerprints own
    WHERE own.comment_id = ANY(CAST(:ids AS uuid[]))
""")


def count(
    session: Session,
    site_id: UUID,
    written: Mapping[UUID, tuple[Fingerprint, datetime]],
    bounds: Copies,
) -> dict[UUID, CopyCounts]:
    """Keep the fingerprints of a site's comments, and count how often each came before.

    No further than to the bounds. Two workers that decide copies in the same moment do not see
    each other's: the next copy is seen.
    """
    if not written:
        return {}
    _keep(session, site_id, written)
    found = session.execute(
        _COUNT,
        {
            "ids": list(written),
            "hours": bounds.within_hours,
            "exact": bounds.exact or 1,
            "near": bounds.near or 1,
            "shared": ceil(BANDS * bounds.resemblance**2) if bounds.near else _NEVER,
        },
    )
    return {row.comment_id: CopyCounts(row.exact, row.near) for row in found}


def _keep(
    session: Session, site_id: UUID, written: Mapping[UUID, tuple[Fingerprint, datetime]]
) -> None:
    rows: Sequence[dict[str, object]] = [
        {
            "comment_id": comment_id,
            "site_id": site_id,
            "exact": fingerprint.exact,
            "bands": list(fingerprint.bands),
            "written_at": written_at,
        }
        for comment_id, (fingerprint, written_at) in sorted(written.items())
    ]
    kept = insert(TextFingerprint)
    newer = {name: kept.excluded[name] for name in ("exact", "bands", "written_at")}
    session.execute(kept.on_conflict_do_update(index_elements=["comment_id"], set_=newer), rows)


def forget(session: Session, comment_id: UUID) -> None:
    """Forget the fingerprint of a comment whose text is erased: it would confirm a guess."""
    session.execute(delete(TextFingerprint).where(TextFingerprint.comment_id == comment_id))


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete the fingerprints that no policy can ask about any more."""
    session.execute(delete(TextFingerprint).where(TextFingerprint.written_at < now - KEPT))
