"""Reads of reports and notices: what waits, and what was said about a comment."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, Uuid, func, literal_column, null, select
from sqlalchemy.orm import Session

from service.reports import rules
from service.reports.errors import NoticeNotFound
from service.reports.reason import NoticeState, ReportReason
from service.reports.tables import Notice, Report

_SHOWN_MAX = 10
# As the partial indices say it: the planner does not take `is_first IS TRUE` for `is_first`.
_IS_OPEN = Report.resolved_at.is_(None)
_IS_WAITING = Notice.state == literal_column("'waiting'")
_NOBODY = null().cast(Uuid()).label("not_by")

Waiting = Select[UUID, UUID, UUID, datetime, UUID | None]


@dataclass(frozen=True, slots=True)
class Said:
    """What one reader wrote beside a report."""

    reason: ReportReason
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """The open reports of one comment: how many, as what, and the first few with words.

    ``counted`` is by how many people they count: less than ``count`` where they share a network.
    """

    count: int
    counted: int
    by_reason: Mapping[ReportReason, int]
    said: Sequence[Said]
    since: datetime


@dataclass(frozen=True, slots=True)
class Noticed:
    """The waiting notices on one comment: how many, and the first few, oldest first."""

    count: int
    first: Sequence[Notice]


def waiting_reports() -> Waiting:
    """Return the comments with open reports, to be narrowed by site and paged by ``item_id``.

    One row for each comment: ``site_id``, ``comment_id``, ``item_id``, ``since``, ``not_by``.
    """
    return select(
        Report.site_id,
        Report.comment_id,
        Report.id.label("item_id"),
        Report.created_at.label("since"),
        _NOBODY,
    ).where(_IS_OPEN, Report.is_first)


def waiting_notices() -> Waiting:
    """Return the comments with notices that nobody has answered; columns as above."""
    return select(
        Notice.site_id,
        Notice.comment_id,
        Notice.id.label("item_id"),
        Notice.created_at.label("since"),
        _NOBODY,
    ).where(_IS_WAITING, Notice.is_first)


def about_reports(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, Reported]:
    """Return what the open reports say of each of these comments that has any."""
    found: dict[UUID, list[Report]] = {}
    opened = select(Report).where(Report.comment_id.in_(comment_ids), _IS_OPEN)
    for report in session.scalars(opened.order_by(Report.id)):
        found.setdefault(report.comment_id, []).append(report)
    return {comment_id: _reported(reports) for comment_id, reports in found.items()}


def _reported(reports: Sequence[Report]) -> Reported:
    worded = [Said(each.reason, each.words, each.created_at) for each in reports if each.words]
    return Reported(
        count=len(reports),
        counted=rules.counted((each.reporter, each.reader_network) for each in reports),
        by_reason=Counter(each.reason for each in reports),
        said=worded[:_SHOWN_MAX],
        since=reports[0].created_at,
    )


def about_notices(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, Noticed]:
    """Return the waiting notices on each of these comments that has any, the first few of them."""
    numbered = (
        select(
            Notice.id,
            func.row_number()
            .over(partition_by=Notice.comment_id, order_by=Notice.id)
            .label("place"),
            func.count().over(partition_by=Notice.comment_id).label("total"),
        )
        .where(Notice.comment_id.in_(comment_ids), Notice.state == NoticeState.WAITING)
        .subquery()
    )
    first = (
        select(Notice, numbered.c.total)
        .join(numbered, numbered.c.id == Notice.id)
        .where(numbered.c.place <= _SHOWN_MAX)
        .order_by(Notice.id)
    )
    found: dict[UUID, list[Notice]] = {}
    totals: dict[UUID, int] = {}
    for notice, total in session.execute(first):
        found.setdefault(notice.comment_id, []).append(notice)
        totals[notice.comment_id] = total
    return {each: Noticed(totals[each], notices) for each, notices in found.items()}


def notice(session: Session, site_ids: Collection[UUID], notice_id: UUID) -> Notice:
    """Return the notice.

    Raises:
        NoticeNotFound: there is none on these sites.
    """
    found: Notice | None = session.get(Notice, notice_id)
    if found is None or found.site_id not in site_ids:
        raise NoticeNotFound
    return found


def notices(
    session: Session, site_ids: Collection[UUID], *, after: UUID | None, limit: int
) -> list[Notice]:
    """Return the notices that wait for an answer, oldest first, from the one after ``after``."""
    waiting = select(Notice).where(Notice.site_id.in_(site_ids), _IS_WAITING)
    if after is not None:
        waiting = waiting.where(Notice.id > after)
    return list(session.scalars(waiting.order_by(Notice.id).limit(limit)))
