"""Why a comment that is decided already is put before a person again: what was said about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from service.appeals import queries as appeals
from service.appeals.tables import Appeal
from service.moderators import queries as moderators
from service.reports import queries as reports
from service.reports.queries import Reported
from service.reports.tables import Notice
from service.review import disagreements
from service.review.tables import Disagreement


@dataclass(frozen=True, slots=True)
class Doubt:
    """A disagreement, and the name of the person in it."""

    disagreement: Disagreement
    by: str


@dataclass(frozen=True, slots=True)
class Waits:
    """All that waits for a person's word on one comment; of many notices only the first few."""

    reported: Reported | None = None
    notices: Sequence[Notice] = ()
    notice_count: int = 0
    appeal: Appeal | None = None
    doubt: Doubt | None = None

    @property
    def is_nothing(self) -> bool:
        nothing = self.reported is None and self.appeal is None and self.doubt is None
        return nothing and not self.notices


NOTHING = Waits()


def waits(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, Waits]:
    """Return what waits on each of these comments, in the same few queries for all of them."""
    reported = reports.about_reports(session, comment_ids)
    notices = reports.about_notices(session, comment_ids)
    appealed = appeals.about(session, comment_ids)
    doubts = disagreements.about(session, comment_ids)
    names = moderators.names(session, {each.moderator_id for each in doubts.values()})
    return {
        comment_id: Waits(
            reported=reported.get(comment_id),
            notices=notices[comment_id].first if comment_id in notices else (),
            notice_count=notices[comment_id].count if comment_id in notices else 0,
            appeal=appealed.get(comment_id),
            doubt=_doubt(doubts.get(comment_id), names),
        )
        for comment_id in comment_ids
    }


def _doubt(found: Disagreement | None, names: dict[UUID, str]) -> Doubt | None:
    return None if found is None else Doubt(found, names[found.moderator_id])
