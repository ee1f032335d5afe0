"""Comments that wait for a decision by policy, claimed until the transaction ends.

Who claims skips what another has claimed, so many workers share the work without waiting for each
other. Claimed rows come in the order of their ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Select,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from ml.labels import Language
from service.authors.tables import Author
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.tables import Actor, Decision

# The reason of a hold that readers' reports brought about, by the site's rule.
REPORTED: Final = "reported"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed comment: its text, and what a verdict on it rests on."""

    comment_id: UUID
    site_id: UUID
    article_id: UUID
    author_id: UUID
    revision: int
    public_revision: int | None
    status: Status
    body: str
    language_hint: str | None
    approved_count: int
    rejected_count: int

    @property
    def hint(self) -> Language | None:
        return language_of(self.language_hint)


_WAITING = (
    select(
        Comment.id,
        Comment.site_id,
        Comment.article_id,
        Comment.author_id,
        Comment.revision,
        Comment.public_revision,
        Comment.status,
        Comment.body,
        Comment.language_hint,
        Author.approved_count,
        Author.rejected_count,
    )
    .join(Author, Author.id == Comment.author_id)
    .order_by(Comment.id)
    # NO KEY UPDATE: replies may go on arriving under a comment that is being scored.
    .with_for_update(of=Comment, skip_locked=True, key_share=True)
)
# Literals, so that the planner sees the condition of the partial index in every plan.
_PENDING = Comment.status == literal_column("'pending'")
_UNCLEAR = Comment.unclear_revision == Comment.revision
_HELD = Comment.status == literal_column("'held'")
_SENT_AT = func.coalesce(Comment.edited_at, Comment.created_at)


def claim_pending(session: Session, *, limit: int) -> list[Waiting]:
    """Claim pending comments that nobody has looked at, oldest first."""
    unseen = Comment.unclear_revision.is_distinct_from(Comment.revision)
    return _claimed(session, _WAITING.where(_PENDING, unseen), limit=limit)


def claim_unclear(
    session: Session, *, limit: int, sent_before: datetime | None = None
) -> list[Waiting]:
    """Claim pending comments that are unclear at first sight, oldest first."""
    unclear = _WAITING.where(_PENDING, _UNCLEAR)
    if sent_before is not None:
        unclear = unclear.where(sent_before > _SENT_AT)
    return _claimed(session, unclear, limit=limit)


def leave_unclear(session: Session, comment_ids: Sequence[UUID]) -> None:
    """Leave claimed comments, as their texts are now, to who looks closer."""
    session.execute(
        update(Comment)
        .where(Comment.id.in_(comment_ids))
        .values(unclear_revision=Comment.revision)
        .execution_options(synchronize_session=False)
    )


def claim_overdue(session: Session, *, sent_before: datetime, limit: int) -> list[Waiting]:
    """Claim pending comments whose text was sent before then, oldest first."""
    return _claimed(session, _WAITING.where(_PENDING, sent_before > _SENT_AT), limit=limit)


def claim_unscored(
    session: Session, *, decided_before: datetime, free: ColumnElement[bool], limit: int
) -> list[Waiting]:
    """Claim comments that were decided without a score before then, oldest first.

    ``free``: whether no person has the comment in hand, has chosen, or left it to a lead.
    """
    unscored = _WAITING.where(
        Comment.score_wanted, Comment.status != Status.PENDING, Comment.decided_at < decided_before
    )
    return _claimed(session, unscored.where(free), limit=limit)


def has_unclear(session: Session) -> bool:
    """Say whether a comment waits for a closer look."""
    return session.scalar(select(Comment.id).where(_PENDING, _UNCLEAR).limit(1)) is not None


def has_pending(session: Session, *, sent_before: datetime) -> bool:
    """Say whether a text that was sent before then still waits."""
    waits = select(Comment.id).where(_PENDING, sent_before > _SENT_AT).limit(1)
    return session.scalar(waits) is not None


def decided_by_people(session: Session, comment_ids: list[UUID]) -> set[UUID]:
    """Return those whose newest decision is a person's, or a hold that readers asked for."""
    newest = (
        select(func.max(Decision.id))
        .where(Decision.comment_id.in_(comment_ids))
        .group_by(Decision.comment_id)
    )
    by_people = select(Decision.comment_id).where(
        Decision.id.in_(newest), or_(Decision.actor != Actor.POLICY, Decision.reason == REPORTED)
    )
    return set(session.scalars(by_people))


def backlog(session: Session, *, now: datetime) -> dict[str, float]:
    """Return how much waits, and how many seconds the oldest of it has waited, by name."""
    return {
        "comments_pending": _count(session, _PENDING),
        "comments_unclear": _count(session, _PENDING & _UNCLEAR),
        "comments_held": _count(session, _HELD),
        "comments_unscored": _count(session, Comment.score_wanted),
        "comments_pending_oldest_seconds": _age(session, _PENDING, now=now),
        "comments_held_oldest_seconds": _age(session, _HELD, now=now),
    }


def _count(session: Session, waiting: ColumnExpressionArgument[bool]) -> int:
    """Count by a partial index of its own: one statement for all would read every comment."""
    return session.scalars(select(func.count()).where(waiting)).one()


_LOOKED_AT = 1000


def _age(session: Session, waiting: ColumnElement[bool], *, now: datetime) -> float:
    """Return the age of the oldest text, among the first by id: edits are rare in a backlog."""
    first = (
        select(_SENT_AT.label("sent_at")).where(waiting).order_by(Comment.id).limit(_LOOKED_AT)
    ).subquery()
    oldest: datetime | None = session.scalar(select(func.min(first.c.sent_at)))
    return 0.0 if oldest is None else max((now - oldest) / timedelta(seconds=1), 0.0)


def _claimed(session: Session, waiting: Select[*tuple[Any, ...]], *, limit: int) -> list[Waiting]:
    return [Waiting(*row) for row in session.execute(waiting.limit(limit))]


def language_of(hint: str | None) -> Language | None:
    """Return the language that a sender's hint names; None: none of ours."""
    return None if hint is None else _language(hint)


@lru_cache(maxsize=256)
def _language(tag: str) -> Language | None:
    """Return the language of a tag such as ``uz-Cyrl``; one that we do not know is no hint."""
    primary = tag.partition("-")[0].lower()
    return Language(primary) if primary in set(Language) else None
