"""What changed around the comments on a moderator's screen, asked every few seconds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.moderators import queries as moderators
from service.moderators.tables import Moderator
from service.review import claims
from service.review.cards import newest_choices
from service.review.filters import first_id
from service.review.queue import IS_HELD, is_chosen, is_claimed
from service.review.queue_names import Queue
from service.review.tables import Choice, ChoiceState, Claim

_SHIFT = timedelta(hours=12)
_UNDOABLE = timedelta(minutes=5)
_CHANGED_MOST = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who decided what; ``state`` says whether it still counts."""

    moderator_id: UUID
    by: str
    status: Status
    state: ChoiceState


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a comment stands now, who has it in hand, and the newest choice on it.

    ``is_read_blind``: whoever has it in hand judges it for the audit.
    """

    id: UUID
    status: Status
    revision: int
    site_id: UUID
    holder_id: UUID | None
    claimed_by: str | None
    is_read_blind: bool
    choice: Chosen | None


@dataclass(frozen=True, slots=True)
class Pace:
    """A moderator's own work of the last twelve hours; ``in_hand`` is of now."""

    decided: int
    median_seconds: float | None
    in_hand: int


def standings(
    session: Session,
    site_ids: Collection[UUID],
    comment_ids: Collection[UUID],
    *,
    now: datetime,
) -> list[Standing]:
    """Return where these comments stand, without those that are not on these sites."""
    rows = session.execute(
        select(
            Comment.id,
            Comment.site_id,
            Comment.status,
            Comment.revision,
            Claim.moderator_id,
            Claim.queue,
        )
        .outerjoin(Claim, (Claim.comment_id == Comment.id) & (Claim.expires_at > now))
        .where(Comment.id.in_(comment_ids), Comment.site_id.in_(site_ids))
    ).all()
    choices = newest_choices(session, [row[0] for row in rows])
    people = {row[4] for row in rows if row[4]} | {each.moderator_id for each in choices.values()}
    names = moderators.names(session, people)
    return [
        Standing(
            id=comment_id,
            status=status,
            revision=revision,
            site_id=site_id,
            holder_id=holder,
            claimed_by=names[holder] if holder else None,
            is_read_blind=queue is Queue.AUDIT,
            choice=_chosen(choices.get(comment_id), names),
        )
        for comment_id, site_id, status, revision, holder, queue in rows
    ]


def arrived(
    session: Session,
    site_ids: Sequence[UUID],
    moderator: Moderator,
    *,
    since: datetime,
    now: datetime,
) -> int:
    """Count the free comments that were held after ``since``."""
    found = (
        select(func.count())
        .select_from(Comment)
        .where(
            Comment.site_id.in_(site_ids),
            IS_HELD,
            Comment.decided_at > since,
            ~is_claimed(now=now, but_by=moderator),
            ~is_chosen(Comment.id),
        )
    )
    return session.scalar(found) or 0


def changed_since(session: Session, site_ids: Sequence[UUID], *, since: datetime) -> list[UUID]:
    """Return the comments on which somebody has chosen or undone since then, the newest few."""
    chosen = (
        select(Choice.comment_id)
        .where(
            Choice.site_id.in_(site_ids),
            # What can be undone was chosen a moment ago.
            Choice.id >= literal(first_id(since - _UNDOABLE)),
            or_(Choice.chosen_at >= since, Choice.ended_at >= since),
        )
        .order_by(Choice.id.desc())
        .limit(_CHANGED_MOST)
    )
    return list(dict.fromkeys(session.scalars(chosen)))


def pace(session: Session, moderator: Moderator, *, now: datetime) -> Pace:
    """Return the moderator's own work of the last twelve hours."""
    taken = func.extract("epoch", Choice.chosen_at - Choice.claimed_at)
    row = session.execute(
        select(func.count(), func.percentile_cont(0.5).within_group(taken)).where(
            Choice.moderator_id == moderator.id,
            Choice.chosen_at > now - _SHIFT,
            Choice.state.in_([ChoiceState.OPEN, ChoiceState.RECORDED]),
        )
    ).one()
    in_hand = len(claims.mine(session, moderator, now=now))
    return Pace(row[0], None if row[1] is None else float(row[1]), in_hand)


def _chosen(choice: Choice | None, names: dict[UUID, str]) -> Chosen | None:
    if choice is None:
        return None
    by = names[choice.moderator_id]
    return Chosen(choice.moderator_id, by, choice.status, choice.state)
