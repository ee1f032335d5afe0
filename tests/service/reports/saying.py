"""What readers say, and what a moderator decides, as the doors of both do it."""

from datetime import datetime

from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions.closed import Closed
from service.decisions.tables import Actor
from service.moderators.tables import Moderator
from service.reports import actions, closing
from service.reports.reason import ReportReason
from service.reports.tables import Notice, Report
from service.sites.reader_language import ReaderLanguage


def a_report(
    session: Session,
    comment: Comment,
    reader: int,
    now: datetime,
    *,
    reason: ReportReason = ReportReason.INSULT,
    words: str | None = None,
    network: int | None = None,
) -> Report:
    """Have a reader report the comment, from a network of their own unless one is named."""
    return actions.report(
        session,
        comment,
        reason=reason,
        words=words,
        reporter=bytes([reader]) * 16,
        reader_network=bytes([reader if network is None else network]) * 16,
        now=now,
    )


def a_notice(session: Session, comment: Comment, now: datetime, **changes: object) -> Notice:
    given: dict[str, object] = {
        "law": "Criminal Code, article 174",
        "explanation": "It calls for violence against people of one nation.",
        "good_faith": True,
        "contact": "malika@news.example",
        "language": ReaderLanguage.KAZAKH,
    }
    return actions.give_notice(session, comment, **(given | changes), now=now)  # type: ignore[arg-type] # what is sent, in whole


def decide(
    session: Session, comment: Comment, status: Status, moderator: Moderator, now: datetime
) -> None:
    """Decide as the review does: the decision, and what waited for it."""
    decisions.record(
        session,
        comment,
        status,
        actor=Actor.MODERATOR,
        reason="insult" if status is Status.REJECTED else "approved_by_moderator",
        moderator_id=moderator.id,
        now=now,
    )
    closed = Closed(status, moderator.id, comment.revision)
    closing.close(session, {comment.id: closed}, now=now)


def status_of(comment: Comment) -> Status:
    """Return where the comment stands now; what it was before says nothing of that."""
    return comment.status
