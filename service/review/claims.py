"""Comments in hand: claimed for a lease, renewed while in view, given back.

The claim's own upsert is the judge. Selecting a free comment and then storing the claim is not
enough: between the two another claim may commit, and the older snapshot still offers the comment.

Locks are taken in one order: the moderator, then the comment, then its claim.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.errors import ModerationError
from service.moderators import actions as moderators
from service.moderators import queries as moderator_queries
from service.moderators.tables import Moderator
from service.review import queries, queue
from service.review.errors import ClaimedByAnother, TooManyClaims
from service.review.tables import Claim


def claim_next(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    *,
    most: int,
    now: datetime,
    lease: timedelta,
) -> Comment | None:
    """Take the most urgent comment that nobody has in hand, or None when there is none.

    Raises:
        TooManyClaims: the moderator has ``most`` in hand.
    """
    found = claim_some(session, moderator, site_ids, count=1, most=most, now=now, lease=lease)
    return found[0] if found else None


def claim_some(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    *,
    count: int,
    most: int,
    now: datetime,
    lease: timedelta,
) -> list[Comment]:
    """Take up to ``count`` comments that nobody has in hand, most urgent first.

    Raises:
        TooManyClaims: the moderator has ``most`` in hand.
    """
    lock_hand(session, moderator)
    room = _room(mine(session, moderator, now=now), most=most)
    taken: list[Comment] = []
    while len(taken) < min(count, room):
        comment = queue.lock_next(session, site_ids, now=now)
        if comment is None:
            break
        # Where another claim was first nothing comes back, and the next look sees it: try again.
        if _upsert(session, moderator, comment.id, now=now, lease=lease):
            taken.append(comment)
    return taken


def lock_hand(session: Session, moderator: Moderator) -> None:
    """Have the moderator's other tabs wait until the transaction ends, before they take any.

    Whoever decides and takes the next in one transaction calls this first: see the order of locks.
    What refers to the moderator, such as a choice, does not wait.
    """
    session.execute(
        select(Moderator.id).where(Moderator.id == moderator.id).with_for_update(key_share=True)
    )


def claim(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    comment_id: UUID,
    *,
    most: int,
    now: datetime,
    lease: timedelta,
) -> Claim:
    """Take this comment in hand, or keep it there for another lease.

    Raises:
        TooManyClaims: it would be one more than ``most``.
        CommentNotFound: there is none on these sites.
        NotHeld: it does not wait for a moderator.
        DecidedMeanwhile: somebody has just decided it.
        LeftToLead: it waits for a lead of its site, which the moderator is not.
        ClaimedByAnother: somebody else has it in hand.
    """
    lock_hand(session, moderator)
    comment = queries.lock_undecided(session, site_ids, comment_id)
    queries.check_not_left_to_lead(session, moderator, comment)
    in_hand = mine(session, moderator, now=now)
    if comment_id not in in_hand:
        _room(in_hand, most=most)
    if not _upsert(session, moderator, comment_id, now=now, lease=lease):
        raise ClaimedByAnother(holder(session, comment_id))
    return session.get_one(Claim, comment_id, populate_existing=True)


def claim_each(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    comment_ids: Sequence[UUID],
    *,
    most: int,
    now: datetime,
    lease: timedelta,
) -> tuple[list[UUID], dict[UUID, ModerationError]]:
    """Take in hand or keep each of the comments; return those taken, and why the others were not.

    Rows are locked in the order of their ids, so that two pages never wait for each other in a
    circle.
    """
    taken: list[UUID] = []
    refused: dict[UUID, ModerationError] = {}
    for comment_id in sorted(set(comment_ids)):
        try:
            claim(session, moderator, site_ids, comment_id, most=most, now=now, lease=lease)
        except ModerationError as error:
            refused[comment_id] = error
        else:
            taken.append(comment_id)
    return taken, refused


def release(session: Session, moderator: Moderator, comment_id: UUID) -> None:
    """Give the comment back; giving back what one does not have is no error."""
    session.execute(
        delete(Claim).where(Claim.comment_id == comment_id, Claim.moderator_id == moderator.id)
    )


def release_all(session: Session, moderator: Moderator) -> None:
    """Give back what the moderator has in hand and has not decided."""
    _end(session, Claim.moderator_id == moderator.id, ~queue.is_chosen(Claim.comment_id))


def dismiss(session: Session, moderator: Moderator, *, now: datetime) -> None:
    """Have the moderator leave: signed out everywhere, and what was in hand is free again."""
    moderators.disable(session, moderator, now=now)
    _end(session, Claim.moderator_id == moderator.id)


def end_expired(session: Session, *, now: datetime) -> None:
    """Forget the claims that have run out, but for those that are being renewed right now."""
    _end(session, Claim.expires_at <= now, skip_locked=True)


def end_of(session: Session, comment_ids: Sequence[UUID]) -> None:
    """Have nobody have these comments, which are locked, in hand any more."""
    _end(session, Claim.comment_id.in_(comment_ids))


def mine(session: Session, moderator: Moderator, *, now: datetime) -> list[UUID]:
    """Return the ids of the comments that the moderator has in hand and has yet to decide."""
    found = select(Claim.comment_id).where(
        Claim.moderator_id == moderator.id,
        Claim.expires_at > now,
        ~queue.is_chosen(Claim.comment_id),
    )
    return list(session.scalars(found.order_by(Claim.claimed_at, Claim.comment_id)))


def holder(session: Session, comment_id: UUID) -> str:
    """Return the name of who has the comment in hand."""
    claimed = session.get(Claim, comment_id, populate_existing=True)
    if claimed is None:
        return "Somebody"
    names = moderator_queries.names(session, {claimed.moderator_id})
    return names[claimed.moderator_id]


def _end(session: Session, *which: ColumnElement[bool], skip_locked: bool = False) -> None:
    """Delete these claims, locked in the order of their comments, as a page that renews does."""
    found = select(Claim.comment_id).where(*which).order_by(Claim.comment_id)
    locked = found.with_for_update(of=Claim, skip_locked=skip_locked)
    session.execute(delete(Claim).where(Claim.comment_id.in_(locked)))


def _room(in_hand: Sequence[UUID], *, most: int) -> int:
    """Return how many more can be taken in hand.

    Raises:
        TooManyClaims: not one.
    """
    if len(in_hand) >= most:
        raise TooManyClaims(most)
    return most - len(in_hand)


def _upsert(
    session: Session,
    moderator: Moderator,
    comment_id: UUID,
    *,
    now: datetime,
    lease: timedelta,
) -> bool:
    """Claim what is free, expired or ours already, and say whether it is ours now."""
    fresh = insert(Claim).values(
        comment_id=comment_id,
        moderator_id=moderator.id,
        claimed_at=now,
        expires_at=now + lease,
    )
    is_ours = Claim.moderator_id == moderator.id
    upsert = fresh.on_conflict_do_update(
        index_elements=["comment_id"],
        set_={
            "moderator_id": moderator.id,
            # A renewal keeps its beginning, from which the time to decide is counted.
            "claimed_at": case((is_ours, Claim.claimed_at), else_=now),
            "expires_at": now + lease,
        },
        where=or_(Claim.expires_at <= now, is_ours),
    )
    return session.scalar(upsert.returning(Claim.comment_id)) is not None
