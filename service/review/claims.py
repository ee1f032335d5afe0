"""Comments in hand: claimed for a lease, renewed while in view, given back.

The claim's own upsert is the judge. Selecting a free comment and then storing the claim is not
enough: between the two another claim may commit, and the older snapshot still offers the comment.

Locks are taken in one order: the moderator, then the comment, then its claim.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.comments import news
from service.comments.tables import Comment
from service.errors import ModerationError
from service.moderators import actions as moderators
from service.moderators import queries as moderator_queries
from service.moderators.tables import Moderator
from service.review import elsewhere, surroundings
from service.review import queue as queues
from service.review.errors import ClaimedByAnother, TooManyClaims
from service.review.queue import is_chosen
from service.review.queue_names import OF_HELD, Queue
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
    """Take the held comment that comes first and that nobody has in hand, or None without any.

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
    queue: Queue = Queue.HELD,
    count: int,
    most: int,
    now: datetime,
    lease: timedelta,
) -> list[Comment]:
    """Take up to ``count`` comments of ``queue`` that nobody has in hand, the first ones first.

    Raises:
        TooManyClaims: the moderator has ``most`` in hand.
    """
    lock_hand(session, moderator)
    room = _room(mine(session, moderator, now=now), most=most)
    taken: list[Comment] = []
    while len(taken) < min(count, room):
        comment = _lock_next(session, moderator, site_ids, queue, now=now)
        if comment is None:
            break
        # Where another claim was first nothing comes back, and the next look sees it: try again.
        if _upsert(session, moderator, [comment.id], queue, now=now, lease=lease):
            taken.append(comment)
    _tell(session, taken)
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
    queue: Queue = Queue.HELD,
    most: int,
    now: datetime,
    lease: timedelta,
) -> Claim:
    """Take this comment in hand, or keep it there for another lease.

    Raises:
        TooManyClaims: it would be one more than ``most``.
        CommentNotFound: there is none on these sites.
        NotHeld: it does not wait for a moderator.
        NotWaiting: it does not wait in ``queue``, or not for this moderator.
        DecidedMeanwhile: somebody has just decided it.
        LeftToLead, RoleTooLow: it waits for a lead of its site, which the moderator is not.
        ClaimedByAnother: somebody else has it in hand.
    """
    ids = [comment_id]
    _, refused = claim_each(
        session, moderator, site_ids, ids, queue=queue, most=most, now=now, lease=lease
    )
    if comment_id in refused:
        raise refused[comment_id]
    return session.get_one(Claim, comment_id, populate_existing=True)


def claim_each(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    comment_ids: Sequence[UUID],
    *,
    queue: Queue = Queue.HELD,
    most: int,
    now: datetime,
    lease: timedelta,
) -> tuple[list[UUID], dict[UUID, ModerationError]]:
    """Take in hand or keep each of the comments; return those taken, and why the others were not.

    It takes the same few statements whatever the number. Where not all find room, the first do.
    """
    lock_hand(session, moderator)
    around = surroundings.look(session, moderator, site_ids, comment_ids)
    in_hand = set(mine(session, moderator, now=now))
    refused: dict[UUID, ModerationError] = {}
    wanted: list[UUID] = []
    for comment_id in dict.fromkeys(comment_ids):
        try:
            around.check_waits(around.comment(comment_id), queue)
            if comment_id not in in_hand:
                _room(in_hand, most=most)
        except ModerationError as error:
            refused[comment_id] = error
        else:
            wanted.append(comment_id)
            in_hand.add(comment_id)
    taken = _upsert(session, moderator, wanted, queue, now=now, lease=lease)
    for comment_id in wanted:
        if comment_id not in taken:
            refused[comment_id] = ClaimedByAnother(holder(session, comment_id))
    _tell(session, [around.comments[each] for each in taken if each not in around.claims])
    return [each for each in wanted if each in taken], refused


def release(session: Session, moderator: Moderator, comment_id: UUID) -> None:
    """Give the comment back; giving back what one does not have is no error."""
    _end(session, Claim.comment_id == comment_id, Claim.moderator_id == moderator.id)


def release_all(session: Session, moderator_id: UUID) -> None:
    """Give back what the moderator has in hand and has not decided."""
    _end(session, Claim.moderator_id == moderator_id, ~is_chosen(Claim.comment_id))


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
        ~is_chosen(Claim.comment_id),
    )
    return list(session.scalars(found.order_by(Claim.claimed_at, Claim.comment_id)))


def taken_blind(
    session: Session, moderator: Moderator, comment_ids: Collection[UUID], *, now: datetime
) -> frozenset[UUID]:
    """Return those of the comments that the moderator has in hand from the audit."""
    found = select(Claim.comment_id).where(
        Claim.comment_id.in_(comment_ids),
        Claim.moderator_id == moderator.id,
        Claim.queue == Queue.AUDIT,
        Claim.expires_at > now,
    )
    return frozenset(session.scalars(found))


def holder(session: Session, comment_id: UUID) -> str:
    """Return the name of who has the comment in hand."""
    claimed = session.get(Claim, comment_id, populate_existing=True)
    if claimed is None:
        return "Somebody"
    names = moderator_queries.names(session, {claimed.moderator_id})
    return names[claimed.moderator_id]


def _lock_next(
    session: Session,
    moderator: Moderator,
    site_ids: Sequence[UUID],
    queue: Queue,
    *,
    now: datetime,
) -> Comment | None:
    if queue is Queue.RECENT:
        return None
    if queue in OF_HELD:
        return queues.lock_next(session, site_ids, queue=queue, now=now)
    return elsewhere.lock_next(session, site_ids, moderator, queue=queue, now=now)


def _end(session: Session, *which: ColumnElement[bool], skip_locked: bool = False) -> None:
    """Delete these claims, locked in the order of their comments, as a page that renews does."""
    found = select(Claim.comment_id).where(*which).order_by(Claim.comment_id)
    locked = found.with_for_update(of=Claim, skip_locked=skip_locked)
    ended = session.scalars(
        delete(Claim).where(Claim.comment_id.in_(locked)).returning(Claim.comment_id)
    ).all()
    if ended:
        of_site = select(Comment.site_id, Comment.id).where(Comment.id.in_(ended))
        changed: dict[UUID, list[UUID]] = {}
        for site_id, comment_id in session.execute(of_site):
            changed.setdefault(site_id, []).append(comment_id)
        news.tell(session, news.Kind.CHANGED, changed)


def _tell(session: Session, comments: Sequence[Comment]) -> None:
    changed: dict[UUID, list[UUID]] = {}
    for comment in comments:
        changed.setdefault(comment.site_id, []).append(comment.id)
    news.tell(session, news.Kind.CHANGED, changed)


def _room(in_hand: Collection[UUID], *, most: int) -> int:
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
    comment_ids: Sequence[UUID],
    queue: Queue,
    *,
    now: datetime,
    lease: timedelta,
) -> set[UUID]:
    """Claim what is free, expired or ours already, and return which are ours now."""
    if not comment_ids:
        return set()
    fresh = insert(Claim).values(
        [
            {
                "comment_id": comment_id,
                "moderator_id": moderator.id,
                "claimed_at": now,
                "expires_at": now + lease,
                "queue": queue,
            }
            for comment_id in sorted(comment_ids)
        ]
    )
    is_ours = Claim.moderator_id == moderator.id
    is_renewed = is_ours & (Claim.expires_at > now)
    upsert = fresh.on_conflict_do_update(
        index_elements=["comment_id"],
        set_={
            "moderator_id": moderator.id,
            # A renewal keeps its beginning, from which the time to decide is counted.
            "claimed_at": case((is_ours, Claim.claimed_at), else_=now),
            "expires_at": now + lease,
            "queue": case((is_renewed, Claim.queue), else_=fresh.excluded.queue),
        },
        where=or_(Claim.expires_at <= now, is_ours),
    )
    return set(session.scalars(upsert.returning(Claim.comment_id)))
