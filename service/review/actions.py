"""A moderator decides, and may take it back for a while.

A choice is stored at once and becomes a decision when its window has passed (`settle_due`): only
then the comment moves, the site is told and the classifier's teachers see it.

Locks are taken in one order: the comment, then its choice, then its claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.comments import queries as comments
from service.comments.errors import CommentNotFound
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.decisions.verdict import Verdict
from service.moderators.tables import Moderator
from service.review import claims, queries
from service.review.errors import (
    ChoiceNotFound,
    ClaimedByAnother,
    DecidedMeanwhile,
    EditedMeanwhile,
    NotHeld,
    ReasonMissing,
    UndoTooLate,
    WithdrawnMeanwhile,
)
from service.review.tables import Choice, ChoiceState, Claim, Escalation
from service.sites import reasons
from service.sites.tables import Site

APPROVED_BY_PERSON = "approved_by_moderator"
# Longer than the window, so that nobody is handed the comment in the moment when it settles.
_GRACE = timedelta(seconds=10)
_SETTLED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What a moderator wants done with a comment, and what was on the screen at that time.

    ``replaces`` is the decision that is to be overturned; without it only a held comment can be
    decided. ``reason`` is a code of the site's list, and required to reject.
    """

    status: Status
    revision: int
    reason: str | None = None
    note: str | None = None
    replaces: int | None = None
    bulk_id: UUID | None = None


def decide(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    comment_id: UUID,
    wish: Wish,
    *,
    now: datetime,
    window: timedelta,
) -> Choice:
    """Store what the moderator chose; the same again answers the same choice.

    Raises:
        CommentNotFound: there is none on these sites.
        WithdrawnMeanwhile, EditedMeanwhile: the text is not the one that was judged.
        DecidedMeanwhile, ClaimedByAnother: somebody else was first.
        NotHeld: the classifier has yet to score it.
        LeftToLead: it waits for a lead of its site, which the moderator is not.
        ReasonMissing: a rejection without a reason of the site's list.
    """
    comment = comments.lock(session, comment_id)
    if comment.site_id not in site_ids:
        raise CommentNotFound(comment_id)
    again = queries.newest_choice(session, comment_id)
    if again is not None and _is_the_same(session, again, moderator, wish):
        return again
    _check(session, comment, again, wish)
    queries.check_not_left_to_lead(session, moderator, comment)
    claim = _own_claim(session, moderator, comment, now=now)
    reason, sentences = _reason(session, comment, wish)
    choice = Choice(
        id=new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        moderator_id=moderator.id,
        revision=comment.revision,
        status=wish.status,
        reason=reason,
        reasons=sentences,
        note=wish.note,
        bulk_id=wish.bulk_id,
        claimed_at=claim.claimed_at if claim else None,
        chosen_at=now,
        settles_at=now + window,
    )
    session.add(choice)
    session.flush()
    _keep_claim(session, choice)
    if window <= timedelta(0):
        _settle(session, [(choice, comment)], now=now)
    return choice


def undo(session: Session, moderator: Moderator, choice_id: UUID, *, now: datetime) -> Choice:
    """Take the choice back, and the comment in hand again; undoing it twice is no error.

    Raises:
        ChoiceNotFound: there is none of this moderator.
        UndoTooLate: it has become a decision.
    """
    choice = session.get(Choice, choice_id)
    if choice is None or choice.moderator_id != moderator.id:
        raise ChoiceNotFound
    comments.lock(session, choice.comment_id)
    session.refresh(choice)
    if choice.state is ChoiceState.UNDONE:
        return choice
    if choice.state is not ChoiceState.OPEN or choice.settles_at <= now:
        raise UndoTooLate(choice.decision_id)
    _end(choice, ChoiceState.UNDONE, now=now)
    session.flush()
    return choice


def settle_due(session: Session, *, now: datetime) -> int:
    """Make decisions of the choices whose window has passed, and return how many were looked at."""
    due = session.execute(
        select(Choice, Comment)
        .join(Comment, Comment.id == Choice.comment_id)
        .where(queries.IS_OPEN, Choice.settles_at <= now)
        .order_by(Comment.id)
        .limit(_SETTLED_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    _settle(session, [(choice, comment) for choice, comment in due], now=now)
    return len(due)


def _is_the_same(session: Session, choice: Choice, moderator: Moderator, wish: Wish) -> bool:
    """Say whether this is the double click, or the call that was repeated on a bad line."""
    if (
        choice.moderator_id != moderator.id
        or (choice.status, choice.revision) != (wish.status, wish.revision)
        or (wish.status is Status.REJECTED and choice.reason != wish.reason)
    ):
        return False
    if choice.state is ChoiceState.RECORDED:
        return queries.newest_decision(session, choice.comment_id).id == choice.decision_id
    return choice.state is ChoiceState.OPEN


def _check(session: Session, comment: Comment, newest: Choice | None, wish: Wish) -> None:
    """Refuse to decide what is no longer as it was on the moderator's screen."""
    if comment.status is Status.WITHDRAWN:
        raise WithdrawnMeanwhile
    if comment.revision != wish.revision:
        raise EditedMeanwhile
    if newest is not None and newest.state is ChoiceState.OPEN:
        raise DecidedMeanwhile(newest.status, queries.name_of(session, newest.moderator_id))
    if comment.status is Status.PENDING:
        raise NotHeld(comment.status)
    if comment.status is Status.HELD:
        return
    decision = queries.newest_decision(session, comment.id)
    if wish.replaces is None or wish.replaces != decision.id:
        raise DecidedMeanwhile(comment.status, queries.decider(session, decision))


def _own_claim(
    session: Session, moderator: Moderator, comment: Comment, *, now: datetime
) -> Claim | None:
    claim = session.get(Claim, comment.id, populate_existing=True)
    if claim is None or claim.moderator_id == moderator.id:
        return claim
    if claim.expires_at > now:
        raise ClaimedByAnother(claims.holder(session, comment.id))
    return None


def _reason(session: Session, comment: Comment, wish: Wish) -> tuple[str, list[dict[str, str]]]:
    if wish.status is Status.APPROVED:
        return APPROVED_BY_PERSON, []
    known = reasons.of_site(session.get_one(Site, comment.site_id).reject_reasons)
    found = reasons.find(known, wish.reason or "")
    if found is None:
        raise ReasonMissing([reason.code for reason in known])
    return found.code, [{"code": found.code, "sentence": found.sentence}]


def _keep_claim(session: Session, choice: Choice) -> None:
    """Have nobody else take the comment in hand until the choice has settled."""
    until = choice.settles_at + _GRACE
    kept = insert(Claim).values(
        comment_id=choice.comment_id,
        moderator_id=choice.moderator_id,
        claimed_at=choice.claimed_at or choice.chosen_at,
        expires_at=until,
    )
    session.execute(
        kept.on_conflict_do_update(
            index_elements=["comment_id"],
            set_={"moderator_id": choice.moderator_id, "expires_at": until},
        )
    )


def _settle(session: Session, due: Sequence[tuple[Choice, Comment]], *, now: datetime) -> None:
    """Make decisions of these choices, whose comments are locked."""
    ids = [comment.id for _, comment in due]
    claims.end_of(session, ids)
    session.execute(delete(Escalation).where(Escalation.comment_id.in_(ids)))
    verdicts = [_verdict(choice, comment) for choice, comment in due if _stands(choice, comment)]
    decided = decisions.record_many(session, verdicts, now=now)
    newest = queries.newest_decision_ids(session, decided)
    for choice, comment in due:
        choice.decision_id = newest.get(choice.comment_id)
        is_recorded = choice.decision_id is not None
        _end(choice, ChoiceState.RECORDED if is_recorded else ChoiceState.VOID, now=now)
        session.expire(comment)
    session.flush()


def _stands(choice: Choice, comment: Comment) -> bool:
    """Say whether the text that was judged is still there."""
    return comment.status is not Status.WITHDRAWN and comment.revision == choice.revision


def _verdict(choice: Choice, comment: Comment) -> Verdict:
    return replace(
        decisions.verdict_on(comment, choice.status, actor=Actor.MODERATOR, reason=choice.reason),
        reasons=choice.reasons,
        note=choice.note,
        moderator_id=choice.moderator_id,
    )


def _end(choice: Choice, state: ChoiceState, *, now: datetime) -> None:
    choice.state, choice.ended_at = state, now
