"""Sanctions as moderators lay and lift them: who may, and what becomes of what is held already.

What is still to be scored meets the sanction by itself; what is held can be rejected along with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.authors import actions as authors
from service.authors import queries
from service.authors.errors import NoSanction
from service.authors.sanction_kind import SanctionKind
from service.authors.tables import Author, Sanction
from service.comments.status import Status
from service.comments.tables import Comment
from service.moderators.errors import RoleTooLow
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.review import bulk
from service.review.actions import Wish
from service.review.bulk import Bulk
from service.review.queue import IS_HELD, is_chosen

REJECTED_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Laid:
    """A sanction, and what became of the author's held comments where these were rejected.

    ``left``: whether there are more than could be rejected at once.
    """

    sanction: Sanction
    rejected: Bulk | None
    left: bool


def lay(
    session: Session,
    who: SignedIn,
    author: Author,
    kind: SanctionKind,
    *,
    why: str,
    until: datetime | None,
    reject_for: str | None,
    now: datetime,
    window: timedelta,
) -> Laid:
    """Lay a sanction on the author, in place of the one before.

    Args:
        session: of the caller.
        who: a moderator of the author's site.
        author: whose next comments meet the sanction.
        kind: which one; a ban is laid by a lead.
        why: for colleagues.
        until: when it ends by itself; None: when somebody lifts it.
        reject_for: reject what is held of the author, for this reason of the site's list; None: do
            not. It can be undone as any bulk can.
        now: the time.
        window: how long that can be undone.

    Raises:
        RoleTooLow: a ban is laid, or replaced, by somebody who does not lead the site.
        SanctionMeaningless: a suspension without an end, or an end that is over.
    """
    _check_role(session, who, author, kind, now=now)
    laid = authors.lay_sanction(
        session, author, kind, why=why, laid_by=who.moderator.name, now=now, until=until
    )
    if reject_for is None:
        return Laid(laid, None, left=False)
    held = _held(session, author)
    wishes = {
        comment_id: Wish(Status.REJECTED, revision=revision, reason=reject_for)
        for comment_id, revision in held[:REJECTED_MOST]
    }
    rejected = bulk.decide_many(
        session, who.moderator, [author.site_id], wishes, now=now, window=window
    )
    return Laid(laid, rejected, left=len(held) > REJECTED_MOST)


def lift(
    session: Session, who: SignedIn, author: Author, *, why: str | None, now: datetime
) -> None:
    """Lift what lies on the author.

    Raises:
        NoSanction: nothing does.
        RoleTooLow: a ban is lifted by a lead.
    """
    _check_role(session, who, author, None, now=now)
    lifted = authors.lift_sanction(session, author, lifted_by=who.moderator.name, why=why, now=now)
    if not lifted:
        raise NoSanction


def _check_role(
    session: Session, who: SignedIn, author: Author, kind: SanctionKind | None, *, now: datetime
) -> None:
    if who.may(author.site_id, Role.LEAD):
        return
    before = queries.sanction_in_force(session, author.id, now=now)
    is_banned = before is not None and before.kind is SanctionKind.BANNED
    if is_banned or kind is SanctionKind.BANNED:
        raise RoleTooLow(Role.LEAD)


def _held(session: Session, author: Author) -> Sequence[tuple[UUID, int]]:
    found = (
        select(Comment.id, Comment.revision)
        .where(Comment.author_id == author.id, IS_HELD, ~is_chosen(Comment.id))
        .order_by(Comment.id)
        .limit(REJECTED_MOST + 1)
    )
    return [(comment_id, revision) for comment_id, revision in session.execute(found)]
