"""Readers report comments, and give notice of illegal ones.

The comment is locked first, here as everywhere.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
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
from service.reports.reason import NoticeState, ReportReason, Resolution
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
    reader_network: bytes,
    now: datetime,
) -> Report:
    """Keep a reader's report; the same reader's next one on the same text changes nothing.

    Enough of them hold a published comment again. What a person has decided about counts no more,
    and the text that a person let stand against reports is held by twice as many new ones.

    Args:
        session: of the caller.
        comment: the one that is reported.
        reason: what is wrong with it.
        words: the reader's own, or None.
        reporter: a keyed hash by which the reader is known again.
        reader_network: a keyed hash by which the reader's network is known again.
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
            reader_network=reader_network,
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
    for comment, site, said in _reported_in_public(session, comment_ids):
        enough = rules.enough(
            preferences.of_site(site).reports_hold_at,
            was_let_stand=_was_let_stand(session, comment),
        )
        if rules.counted((each.reporter, each.reader_network) for each in said) >= enough:
            _hold(session, comment, [each.reason for each in said], now=now)


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


def _reported_in_public(
    session: Session, comment_ids: Collection[UUID]
) -> list[tuple[Comment, Site, list[Report]]]:
    """Return those of the comments that are published and have open reports, with all of these."""
    said: dict[UUID, list[Report]] = {}
    opened = select(Report).where(Report.comment_id.in_(comment_ids), Report.resolved_at.is_(None))
    for each in session.scalars(opened.order_by(Report.id)):
        said.setdefault(each.comment_id, []).append(each)
    found = session.execute(
        select(Comment, Site)
        .join(Site, Site.id == Comment.site_id)
        .where(Comment.id.in_(said), Comment.status == Status.APPROVED)
        .order_by(Comment.id)
        .execution_options(populate_existing=True)
    )
    return [(comment, site, said[comment.id]) for comment, site in found]


def _was_let_stand(session: Session, comment: Comment) -> bool:
    """Say whether a person has read reports of this comment's text and approved it."""
    dismissed = select(Report.id).where(
        Report.comment_id == comment.id, Report.resolution == Resolution.DISMISSED
    )
    if comment.edited_at is not None:
        dismissed = dismissed.where(Report.resolved_at >= comment.edited_at)
    return session.scalar(dismissed.limit(1)) is not None


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
