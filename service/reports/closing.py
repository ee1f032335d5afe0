"""Reports are resolved and notices answered, when a person has decided the comment.

The comment is locked first, here as everywhere.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session

from service.comments import queries as comments
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions.closed import Closed
from service.decisions.errors import CommentWithdrawn
from service.decisions.tables import Actor
from service.reports import rules
from service.reports.errors import NoticeAnswered
from service.reports.reason import NoticeState, Resolution
from service.reports.tables import Notice, Report
from service.sites import reasons


def answer_notice(
    session: Session,
    notice: Notice,
    *,
    acted: bool,
    answer: str | None,
    moderator_id: UUID,
    now: datetime,
) -> Notice:
    """Answer a notice in words of one's own; to act is to take the comment down for being illegal.

    Raises:
        NoticeAnswered: somebody was first.
        WordsUnfit: it is not acted upon and nobody says why, or the words cannot be stored.
        CommentWithdrawn: there is nothing left to answer about.
    """
    clean = rules.optional_words if acted else rules.words
    said = clean("answer", answer, most=rules.ANSWER_MAX_CHARS)
    comment = comments.lock(session, notice.comment_id)
    session.refresh(notice)
    if notice.state is not NoticeState.WAITING:
        raise NoticeAnswered
    if comment.status is Status.WITHDRAWN:
        raise CommentWithdrawn(comment.id)
    notice.answer = said
    if acted and comment.status is not Status.REJECTED:
        _take_down(session, comment, notice, moderator_id=moderator_id, now=now)
        close(
            session,
            {comment.id: Closed(Status.REJECTED, moderator_id, comment.revision)},
            now=now,
        )
        return notice
    _answer(notice, acted=acted, by=moderator_id, now=now)
    _let_next_stand(session, notice)
    session.flush()
    return notice


def close(session: Session, outcomes: Mapping[UUID, Closed], *, now: datetime) -> None:
    """Resolve the open reports and answer the waiting notices of comments that a person decided.

    Whoever decides a comment calls this, in the same transaction.
    """
    _resolve_heard(session, outcomes, now=now)
    waiting = select(Notice).where(
        Notice.comment_id.in_(outcomes), Notice.state == NoticeState.WAITING
    )
    left: dict[UUID, Notice] = {}
    for notice in session.scalars(waiting.order_by(Notice.id)):
        closed = outcomes[notice.comment_id]
        if not closed.has_heard(notice.created_at):
            left.setdefault(notice.comment_id, notice).is_first = True
            continue
        acted = closed.status is Status.REJECTED
        _answer(notice, acted=acted, by=closed.moderator_id, now=now)
    session.flush()


def tidy(
    session: Session,
    *,
    reports_kept: timedelta,
    contacts_kept: timedelta,
    networks_kept: timedelta,
    now: datetime,
) -> None:
    """End what waits on comments that are gone, and forget what has been kept long enough."""
    for status, resolution, state in (
        (Status.WITHDRAWN, Resolution.MOOT, NoticeState.MOOT),
        (Status.REJECTED, Resolution.UPHELD, NoticeState.ACTED),
    ):
        gone = (Comment.id == Report.comment_id) & (Comment.status == status)
        over = select(Report.comment_id).join(Comment, gone).where(Report.resolved_at.is_(None))
        gone_ids = session.scalars(over.distinct()).all()
        _resolve(session, Report.comment_id.in_(gone_ids), resolution, now=now)
        waiting = (
            select(Notice)
            .join(Comment, (Comment.id == Notice.comment_id) & (Comment.status == status))
            .where(Notice.state == NoticeState.WAITING)
            .order_by(Notice.id)
            .with_for_update(of=Notice, skip_locked=True)
        )
        for notice in session.scalars(waiting):
            notice.state, notice.decided_at = state, now
    session.execute(delete(Report).where(Report.resolved_at < now - reports_kept))
    _forget_networks(session, before=now - networks_kept)
    old = (Notice.decided_at < now - contacts_kept) & Notice.contact.is_not(None)
    session.execute(update(Notice).where(old).values(contact=None))


def _forget_networks(session: Session, *, before: datetime) -> None:
    # Who sent the plain form was known by the network alone: their reports stay apart by their ids.
    stood_for_reader = Report.reporter == Report.reader_network
    apart = func.uuid_send(Report.id)
    session.execute(
        update(Report)
        .where(Report.reader_network.is_not(None), Report.created_at < before)
        .values(
            reporter=case((stood_for_reader, apart), else_=Report.reporter), reader_network=None
        )
        .execution_options(synchronize_session=False)
    )


def forget_about(session: Session, comment_ids: Collection[UUID]) -> None:
    """Erase what was written in the reports and notices on these comments: it may quote them."""
    session.execute(
        update(Report)
        .where(Report.comment_id.in_(comment_ids))
        .values(words=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Notice)
        .where(Notice.comment_id.in_(comment_ids))
        .values(law="", explanation="", answer=None)
        .execution_options(synchronize_session=False)
    )


def _take_down(
    session: Session, comment: Comment, notice: Notice, *, moderator_id: UUID, now: datetime
) -> None:
    # In marks, so that it goes when the comment is withdrawn: a notice may quote it.
    sentence = reasons.ILLEGAL_BY.format(law=notice.law)
    decisions.record(
        session,
        comment,
        Status.REJECTED,
        actor=Actor.MODERATOR,
        reason=reasons.ILLEGAL.code,
        reasons=[{"code": reasons.ILLEGAL.code, "sentence": sentence}],
        moderator_id=moderator_id,
        now=now,
    )


_RESOLUTIONS = {Status.APPROVED: Resolution.DISMISSED, Status.REJECTED: Resolution.UPHELD}


def _resolve_heard(session: Session, outcomes: Mapping[UUID, Closed], *, now: datetime) -> None:
    """Resolve what could be read before the decision; the first of the others stands for them."""
    heard: dict[Status, list[UUID]] = {}
    left: dict[UUID, UUID] = {}
    found = select(Report.id, Report.comment_id, Report.created_at).where(
        Report.comment_id.in_(outcomes), Report.resolved_at.is_(None)
    )
    for report_id, comment_id, said_at in session.execute(found.order_by(Report.id)):
        closed = outcomes[comment_id]
        if closed.has_heard(said_at):
            heard.setdefault(closed.status, []).append(report_id)
        else:
            left.setdefault(comment_id, report_id)
    for status, ids in heard.items():
        _resolve(session, Report.id.in_(ids), _RESOLUTIONS[status], now=now)
    if left:
        session.execute(
            update(Report)
            .where(Report.id.in_(left.values()))
            .values(is_first=True)
            .execution_options(synchronize_session=False)
        )


def _resolve(
    session: Session, which: ColumnElement[bool], resolution: Resolution, *, now: datetime
) -> None:
    session.execute(
        update(Report)
        .where(which, Report.resolved_at.is_(None))
        .values(resolved_at=now, resolution=resolution)
        .execution_options(synchronize_session=False)
    )


def _answer(notice: Notice, *, acted: bool, by: UUID, now: datetime) -> None:
    notice.state = NoticeState.ACTED if acted else NoticeState.NOT_ACTED
    notice.decided_by, notice.decided_at = by, now


def _let_next_stand(session: Session, answered: Notice) -> None:
    """Have another notice on the same comment stand in the queue in the place of this one."""
    following = select(Notice).where(
        Notice.comment_id == answered.comment_id,
        Notice.state == NoticeState.WAITING,
        Notice.id != answered.id,
    )
    found: Notice | None = session.scalar(following.order_by(Notice.id).limit(1))
    if found is not None:
        found.is_first = True
