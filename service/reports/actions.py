"""Readers report comments, and give notice of illegal ones.

The comment is locked first, here as everywhere.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.comments import queries as comments
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.decisions.waiting import REPORTED
from service.policy import in_force as policies
from service.policy.outcomes import URGENCY_UNKNOWN
from service.reports import rules
from service.reports.errors import GoodFaithMissing, NothingToReport
from service.reports.reason import NoticeState, ReportReason
from service.reports.tables import Notice, Report
from service.sites import preferences
from service.sites.reader_language import ReaderLanguage
from service.sites.tables import Site


def report(
    session: Session,
    comment: Comment,
    *,
    reason: ReportReason,
    words: str | None,
    reporter: bytes,
    now: datetime,
) -> Report:
    """Keep a reader's report; the same reader's next one on the same text changes nothing.

    Enough of them hold a published comment again. What a person has decided about counts no more.

    Args:
        session: of the caller.
        comment: the one that is reported.
        reason: what is wrong with it.
        words: the reader's own, or None.
        reporter: a keyed hash by which the reader is known again.
        now: the time.

    Raises:
        NothingToReport: readers do not see the comment any more.
        WordsUnfit: the words are too many, or cannot be stored.
    """
    said = rules.optional_words("words", words, most=rules.WORDS_MAX_CHARS)
    comment = comments.lock(session, comment.id)
    revision = _seen_revision(comment)
    open_ones = select(Report.id).where(
        Report.comment_id == comment.id, Report.resolved_at.is_(None)
    )
    has_others = session.scalar(open_ones.limit(1)) is not None
    stored: Report | None = session.scalar(
        insert(Report)
        .values(
            id=new_id(),
            site_id=comment.site_id,
            comment_id=comment.id,
            revision=revision,
            reporter=reporter,
            reason=reason,
            words=said,
            is_first=not has_others,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["comment_id", "revision", "reporter"])
        .returning(Report)
    )
    if stored is None:
        earlier = select(Report).where(
            Report.comment_id == comment.id,
            Report.revision == revision,
            Report.reporter == reporter,
        )
        return session.scalars(earlier).one()
    hold_reported(session, [comment.id], now=now)
    return stored


def hold_reported(session: Session, comment_ids: Collection[UUID], *, now: datetime) -> None:
    """Hold those of these locked comments that are published and that enough readers reported.

    It is asked where a report comes, and where an edit of a reported comment was approved: another
    text does not shake off the reports.
    """
    counted = (
        select(
            Report.comment_id,
            func.count(Report.reporter.distinct()).label("readers"),
            func.array_agg(Report.reason).label("reasons"),
        )
        .where(Report.comment_id.in_(comment_ids), Report.resolved_at.is_(None))
        .group_by(Report.comment_id)
        .subquery()
    )
    found = session.execute(
        select(Comment, Site, counted.c.readers, counted.c.reasons)
        .join(counted, counted.c.comment_id == Comment.id)
        .join(Site, Site.id == Comment.site_id)
        .where(Comment.status == Status.APPROVED)
        .order_by(Comment.id)
        .execution_options(populate_existing=True)
    ).all()
    for comment, site, readers, said in found:
        if readers >= preferences.of_site(site).reports_hold_at:
            _hold(session, comment, [ReportReason(each) for each in said], now=now)


def give_notice(
    session: Session,
    comment: Comment,
    *,
    law: str,
    explanation: str,
    good_faith: bool,
    contact: str | None,
    language: ReaderLanguage,
    now: datetime,
) -> Notice:
    """Take in that somebody holds the comment to be against the law; a person answers.

    Args:
        session: of the caller.
        comment: the one that the notice is about.
        law: which law it breaks.
        explanation: why.
        good_faith: whether the notifier confirms that all this is true as far as known.
        contact: a name and address, or None: it is kept for a while, and shown to leads alone.
        language: in which the notifier reads the answer.
        now: the time.

    Raises:
        GoodFaithMissing: it is not confirmed.
        WordsUnfit: a text is missing, too long, or cannot be stored.
        NothingToReport: readers do not see the comment any more.

    Source: Regulation (EU) 2022/2065, article 16.
    """
    if not good_faith:
        raise GoodFaithMissing
    law = rules.words("law", law, most=rules.LAW_MAX_CHARS)
    explanation = rules.words("explanation", explanation, most=rules.EXPLANATION_MAX_CHARS)
    contact = rules.optional_words("contact", contact, most=rules.CONTACT_MAX_CHARS)
    comment = comments.lock(session, comment.id)
    revision = _seen_revision(comment)
    others = select(Notice.id).where(
        Notice.comment_id == comment.id, Notice.state == NoticeState.WAITING
    )
    notice = Notice(
        site_id=comment.site_id,
        comment_id=comment.id,
        revision=revision,
        language=language,
        is_first=session.scalar(others.limit(1)) is None,
        law=law,
        explanation=explanation,
        contact=contact,
        created_at=now,
    )
    session.add(notice)
    session.flush()
    return notice


def _seen_revision(comment: Comment) -> int:
    """Return the number of the text that readers saw.

    A held one may have been on the screen when the report was written.
    """
    if comment.public_revision is not None:
        return comment.public_revision
    if comment.status is Status.HELD:
        return comment.revision
    raise NothingToReport


def _hold(session: Session, comment: Comment, said: list[ReportReason], *, now: datetime) -> None:
    in_force = policies.by_site(session, [comment.site_id], model_version_id=None)
    wish = replace(
        decisions.verdict_on(comment, Status.HELD, actor=Actor.POLICY, reason=REPORTED),
        reasons=[{"code": REPORTED, "sentence": rules.sentence(said)}],
        policy_id=in_force[comment.site_id].policy_id,
        # It stood by its scores, which readers doubt.
        urgency=max(comment.urgency, URGENCY_UNKNOWN),
    )
    decisions.record_many(session, [wish], now=now)
    session.refresh(comment)
