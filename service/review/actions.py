"""A moderator decides, and may take it back for a while.

A choice is stored at once and becomes a decision when its window has passed (``settling``): only
then the comment moves, the site is told and the classifier's teachers see it.

Locks are taken in one order: the comments by id, then their choices, then their claims.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.comments import news
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.errors import ModerationError
from service.moderators.tables import Moderator
from service.review import settling, surroundings
from service.review.errors import ChoiceNotFound, ReasonMissing, UndoTooLate
from service.review.queue_names import Queue
from service.review.surroundings import Surroundings
from service.review.tables import Choice, ChoiceState, Claim
from service.sites import reasons

APPROVED_BY_PERSON: Final = "approved_by_moderator"
# Longer than the window, so that nobody is handed the comment in the moment when it settles.
_GRACE: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a moderator wants done with a comment, and what was on the screen at that time.

    ``replaces`` is the decision that is to be overturned or confirmed; without it only a held
    comment can be decided. ``reason`` is a code of the site's list, and required to reject.
    ``queue`` is where the comment was put before the moderator; in the audit nothing is replaced.
    ``answer`` is for the reader who appealed.
    """

    status: Status
    revision: int
    reason: str | None = None
    note: str | None = None
    replaces: int | None = None
    queue: Queue = Queue.HELD
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What became of wishes about different comments: the choices, and why others are none."""

    choices: Mapping[UUID, Choice]
    refused: Mapping[UUID, ModerationError]


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
        NotWaiting: it does not wait in the queue that the wish names, or not for this moderator.
        LeftToLead, RoleTooLow: it waits for a lead of its site, which the moderator is not.
        ReasonMissing: a rejection without a reason of the site's list.
    """
    wishes = {comment_id: wish}
    made = decide_each(session, moderator, site_ids, wishes, now=now, window=window)
    if comment_id in made.refused:
        raise made.refused[comment_id]
    return made.choices[comment_id]


def decide_each(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    wishes: Mapping[UUID, Wish],
    *,
    now: datetime,
    window: timedelta,
    bulk_id: UUID | None = None,
) -> Chosen:
    """Store what the moderator chose of each comment; one refusal stops no other.

    It takes the same few statements whatever the number.
    """
    around = surroundings.look(session, moderator, site_ids, wishes)
    same: dict[UUID, Choice] = {}
    fresh: dict[UUID, Choice] = {}
    refused: dict[UUID, ModerationError] = {}
    for comment_id, wish in wishes.items():
        again = around.newest_choices.get(comment_id)
        if again is not None and _is_the_same(around, again, wish):
            same[comment_id] = again
            continue
        try:
            fresh[comment_id] = _choice(around, comment_id, wish, now=now, window=window)
        except ModerationError as error:
            refused[comment_id] = error
    for choice in fresh.values():
        choice.bulk_id = bulk_id
    _store(session, fresh.values())
    if window <= timedelta(0):
        settling.settle(
            session, [(each, around.comments[each.comment_id]) for each in fresh.values()], now=now
        )
    return Chosen(same | fresh, refused)


def undo(session: Session, moderator: Moderator, choice_id: UUID, *, now: datetime) -> Choice:
    """Take the choice back, and the comment in hand again; undoing it twice is no error.

    Raises:
        ChoiceNotFound: there is none of this moderator.
        UndoTooLate: it has become a decision.
    """
    choice = session.get(Choice, choice_id)
    if choice is None or choice.moderator_id != moderator.id:
        raise ChoiceNotFound
    if undo_each(session, [choice], now=now):
        raise UndoTooLate(choice.decision_id)
    return choice


def undo_each(session: Session, choices: Sequence[Choice], *, now: datetime) -> list[Choice]:
    """Take these choices back; return those for which it is too late."""
    ids = [choice.comment_id for choice in choices]
    locked = select(Comment.id).where(Comment.id.in_(ids)).order_by(Comment.id)
    session.execute(locked.with_for_update(key_share=True))
    newest = select(Choice).where(Choice.id.in_([choice.id for choice in choices]))
    session.scalars(newest.execution_options(populate_existing=True)).all()
    too_late = []
    undone: dict[UUID, list[UUID]] = {}
    for choice in choices:
        if choice.state is ChoiceState.UNDONE:
            continue
        if choice.state is not ChoiceState.OPEN or choice.settles_at <= now:
            too_late.append(choice)
            continue
        settling.end(choice, ChoiceState.UNDONE, now=now)
        undone.setdefault(choice.site_id, []).append(choice.comment_id)
    session.flush()
    news.tell(session, news.Kind.CHANGED, undone)
    return too_late


def _is_the_same(around: Surroundings, choice: Choice, wish: Wish) -> bool:
    """Say whether this is the double click, or the call that was repeated on a bad line."""
    if (
        choice.moderator_id != around.moderator.id
        or choice.comment_id not in around.comments
        or (choice.status, choice.revision) != (wish.status, wish.revision)
        or (choice.queue is Queue.AUDIT) != (wish.queue is Queue.AUDIT)
        or (wish.status is Status.REJECTED and choice.reason != wish.reason)
    ):
        return False
    if choice.state is ChoiceState.RECORDED:
        if choice.queue is Queue.AUDIT:
            return True
        if wish.replaces == choice.decision_id:
            return False  # The decision is seen, and made anew.
        newest = around.newest_decisions.get(choice.comment_id)
        return newest is not None and newest.id == choice.decision_id
    return choice.state is ChoiceState.OPEN


def _choice(
    around: Surroundings, comment_id: UUID, wish: Wish, *, now: datetime, window: timedelta
) -> Choice:
    """Return the choice, which nobody has stored yet.

    Raises:
        ModerationError: see ``decide``.
    """
    comment = around.comment(comment_id)
    around.check_text(comment, revision=wish.revision)
    if wish.queue is not Queue.AUDIT:
        around.check_undecided(comment, replaces=wish.replaces)
    if wish.queue in settling.ANSWERED:
        around.check_waits(comment, wish.queue)
    around.check_role(comment, wish.queue)
    claim = around.own_claim(comment, now=now)
    reason, sentences = _reason(around, comment, wish)
    seen = around.newest_decisions.get(comment_id)
    return Choice(
        id=new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        moderator_id=around.moderator.id,
        revision=comment.revision,
        status=wish.status,
        reason=reason,
        reasons=sentences,
        note=wish.note,
        queue=wish.queue,
        answer=wish.answer,
        claimed_at=claim.claimed_at if claim else None,
        chosen_at=now,
        settles_at=now + window,
        seen_decision_id=seen.id if seen else 0,
    )


def _reason(around: Surroundings, comment: Comment, wish: Wish) -> tuple[str, list[dict[str, str]]]:
    if wish.status is Status.APPROVED:
        return APPROVED_BY_PERSON, []
    known = around.reasons[comment.site_id]
    found = reasons.find(known, wish.reason or "")
    if found is None:
        raise ReasonMissing([reason.code for reason in known])
    return found.code, [{"code": found.code, "sentence": found.sentence}]


def _store(session: Session, choices: Collection[Choice]) -> None:
    """Store the choices, and have nobody else take the comments in hand until they settle."""
    if not choices:
        return
    session.add_all(choices)
    session.flush()
    kept = insert(Claim).values(
        [
            {
                "comment_id": choice.comment_id,
                "moderator_id": choice.moderator_id,
                "claimed_at": choice.claimed_at or choice.chosen_at,
                "expires_at": choice.settles_at + _GRACE,
                "queue": choice.queue,
            }
            for choice in sorted(choices, key=lambda choice: choice.comment_id)
        ]
    )
    session.execute(
        kept.on_conflict_do_update(
            index_elements=["comment_id"],
            set_={
                "moderator_id": kept.excluded.moderator_id,
                "expires_at": kept.excluded.expires_at,
            },
        )
    )
    chosen: dict[UUID, list[UUID]] = {}
    for choice in choices:
        chosen.setdefault(choice.site_id, []).append(choice.comment_id)
    news.tell(session, news.Kind.CHANGED, chosen)
