"""An author appeals; another person decides.

The comment is locked first, here as everywhere.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.appeals import queries, rules
from service.appeals.errors import (
    AlreadyAppealed,
    AppealDecided,
    AppealedTextChanged,
    AppealTooLate,
    NothingToAppeal,
    OwnDecision,
)
from service.appeals.outcome import AppealState, Outcome
from service.appeals.tables import Appeal
from service.comments import queries as comments
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.decisions import actions as decisions
from service.decisions.closed import Closed
from service.decisions.tables import Actor
from service.examples import actions as examples
from service.examples import rules as teaching
from service.examples.origin import Origin
from service.examples.rules import Taught
from service.sites.reader_language import ReaderLanguage
from service.webhooks import actions as webhooks
from service.webhooks import events

OVERTURNED_BY_APPEAL = "appeal_overturned"
_NO_ANSWERS: Mapping[UUID, str] = MappingProxyType({})


def appeal(
    session: Session,
    comment: Comment,
    text: str,
    *,
    language: ReaderLanguage,
    now: datetime,
    window: timedelta,
) -> Appeal:
    """Keep what the author says against the rejection; the same again answers the same appeal.

    Raises:
        AppealTextUnfit: the text is empty, too long, or cannot be stored.
        NothingToAppeal: the comment does not stand rejected.
        AppealTooLate: the decision is older than ``window``.
        AlreadyAppealed: there is another appeal against this decision.
    """
    said = rules.appeal_text(text)
    comment = comments.lock(session, comment.id)
    rejection = queries.rejection(session, comment)
    if comment.status is not Status.REJECTED or rejection is None:
        raise NothingToAppeal
    if rules.ends_at(rejection.decided_at, window) <= now:
        raise AppealTooLate
    stored: Appeal | None = session.scalar(
        insert(Appeal)
        .values(
            id=new_id(),
            site_id=comment.site_id,
            comment_id=comment.id,
            decision_id=rejection.id,
            rejected_by=rejection.moderator_id,
            text=said,
            language=language,
            state=AppealState.WAITING,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Appeal)
    )
    if stored is not None:
        return stored
    first = queries.newest(session, comment.id)
    if first is None or first.text != said:
        raise AlreadyAppealed
    return first


def decide(
    session: Session,
    appeal: Appeal,
    outcome: Outcome,
    *,
    moderator_id: UUID,
    revision: int,
    answer: str | None,
    now: datetime,
) -> Appeal:
    """Uphold the rejection, or overturn it: then the comment is published again.

    Args:
        session: of the caller.
        appeal: the one that was read.
        outcome: what is decided.
        moderator_id: who decides: not the person who rejected the comment.
        revision: the number of the text that was read.
        answer: words for the author, or None.
        now: the time.

    Raises:
        OwnDecision: the same person rejected it.
        AppealDecided: somebody was first, or the comment does not stand rejected any more.
        AppealedTextChanged: the author has changed the text meanwhile.
        AppealTextUnfit: the answer cannot be stored.
    """
    said = rules.answer(answer)
    comment = comments.lock(session, appeal.comment_id)
    session.refresh(appeal)
    _check_reader(appeal, moderator_id)
    if appeal.state is not AppealState.WAITING or comment.status is not Status.REJECTED:
        raise AppealDecided
    if comment.revision != revision:
        raise AppealedTextChanged
    if outcome is Outcome.OVERTURNED:
        decisions.record(
            session,
            comment,
            Status.APPROVED,
            actor=Actor.APPEAL,
            reason=OVERTURNED_BY_APPEAL,
            moderator_id=moderator_id,
            now=now,
        )
    _end(session, appeal, comment, outcome, by=moderator_id, answer=said, now=now)
    return appeal


def check_reader(session: Session, comment_id: UUID, moderator_id: UUID) -> None:
    """Pass whoever may read the appeal that waits on the comment, if there is one.

    Raises:
        OwnDecision: the moderator rejected the comment.
    """
    found = queries.about(session, [comment_id]).get(comment_id)
    if found is not None:
        _check_reader(found, moderator_id)


def close(
    session: Session,
    outcomes: Mapping[UUID, Closed],
    *,
    answers: Mapping[UUID, str] = _NO_ANSWERS,
    now: datetime,
) -> None:
    """Decide the appeals that wait on comments which a person has just decided.

    Whoever decides a comment calls this, in the same transaction. Approving it overturns the
    rejection, whoever does; to reject it again upholds it only if another person does.
    """
    waiting = (
        select(Appeal, Comment)
        .join(Comment, Comment.id == Appeal.comment_id)
        .where(Appeal.comment_id.in_(outcomes), Appeal.state == AppealState.WAITING)
        .order_by(Appeal.comment_id)
    )
    for found, comment in session.execute(waiting).all():
        closed = outcomes[comment.id]
        if not closed.has_heard(found.created_at):
            continue
        is_own = found.rejected_by == closed.moderator_id
        if closed.status is Status.REJECTED and is_own:
            continue
        outcome = Outcome.OVERTURNED if closed.status is Status.APPROVED else Outcome.UPHELD
        _end(
            session,
            found,
            comment,
            outcome,
            by=closed.moderator_id,
            answer=rules.answer(answers.get(comment.id)),
            now=now,
        )


def tidy(session: Session, *, now: datetime) -> None:
    """End the appeals on comments that were decided otherwise, or withdrawn, meanwhile."""
    over = (
        select(Appeal)
        .join(Comment, Comment.id == Appeal.comment_id)
        .where(Appeal.state == AppealState.WAITING, Comment.status != Status.REJECTED)
        .order_by(Appeal.comment_id)
        .with_for_update(of=Appeal, skip_locked=True)
    )
    for found in session.scalars(over):
        found.state, found.decided_at = AppealState.MOOT, now
    session.flush()


def forget_about(session: Session, comment_ids: Collection[UUID]) -> None:
    """Erase what was written in the appeals on these comments: it may quote them."""
    session.execute(
        update(Appeal)
        .where(Appeal.comment_id.in_(comment_ids))
        .values(text="", answer=None)
        .execution_options(synchronize_session=False)
    )


def _check_reader(appeal: Appeal, moderator_id: UUID) -> None:
    if appeal.rejected_by == moderator_id:
        raise OwnDecision


def _end(
    session: Session,
    appeal: Appeal,
    comment: Comment,
    outcome: Outcome,
    *,
    by: UUID,
    answer: str | None,
    now: datetime,
) -> None:
    """Keep the outcome, correct the label that the rejection left, and tell the site."""
    appeal.state, appeal.answer = outcome.state, answer
    appeal.decided_by, appeal.decided_at = by, now
    session.flush()
    if outcome is Outcome.OVERTURNED:
        examples.teach(session, [_taught(comment, by)], now=now)
    webhooks.announce(session, [_event(appeal, comment, outcome)], now=now)


def _taught(comment: Comment, moderator_id: UUID) -> Taught:
    return Taught(
        comment_id=comment.id,
        site_id=comment.site_id,
        revision=comment.revision,
        labels=teaching.NONE_OF_THEM,
        origin=Origin.APPEAL,
        sender=teaching.moderator(moderator_id),
    )


def _event(appeal: Appeal, comment: Comment, outcome: Outcome) -> events.AppealDecided:
    return events.AppealDecided(
        site_id=appeal.site_id,
        appeal_id=appeal.id,
        comment_id=comment.id,
        external_id=comment.external_id,
        article_id=comment.article_id,
        outcome=outcome.value,
    )
