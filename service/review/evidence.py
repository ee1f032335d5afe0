"""All that bears on one comment: why it is here, the thread, the article, the author, the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ml.labels import Label
from service.comments.status import Status
from service.comments.tables import Comment, Revision
from service.policy import queries as policies
from service.review.cards import Card, cards
from service.review.trail import Step, trail

_RECORD = timedelta(days=30)
_REPLIES, _RECENT = 20, 10


@dataclass(frozen=True, slots=True)
class LabelScore:
    """A label's probability beside the thresholds that the site's policy has for it now."""

    label: Label
    score: float | None
    hold: float | None
    reject: float | None


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What became of the author's comments in the last thirty days, and the newest of them."""

    approved: int
    rejected: int
    recent: Sequence[Comment]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comment's evidence."""

    card: Card
    scores: Sequence[LabelScore]
    policy_version: int
    ancestors: Sequence[Comment]
    replies: Sequence[Comment]
    author: AuthorRecord
    revisions: Sequence[Revision]
    trail: Sequence[Step]


def evidence(session: Session, comment: Comment, *, now: datetime) -> Evidence:
    """Return what bears on ``comment``."""
    (card,) = cards(session, [comment], now=now)
    policy = policies.current(session, comment.site_id)
    found = card.score.by_label() if card.score else {}
    thresholds = {each.label: each for each in policy.document.policy().thresholds}
    scores = [
        LabelScore(
            label,
            found.get(label),
            thresholds[label].hold if label in thresholds else None,
            thresholds[label].reject if label in thresholds else None,
        )
        for label in Label
    ]
    return Evidence(
        card=card,
        scores=scores,
        policy_version=policy.version,
        ancestors=_ancestors(session, comment),
        replies=_replies(session, comment),
        author=_record(session, comment, now=now),
        revisions=_revisions(session, comment),
        trail=trail(session, comment.id),
    )


def _ancestors(session: Session, comment: Comment) -> list[Comment]:
    """Return the comments above, the nearest one last; a few, however deep the thread."""
    found: list[Comment] = []
    parent_id = comment.parent_id
    while parent_id is not None and len(found) < 3:  # noqa: PLR2004 - more fills the screen
        parent = session.get_one(Comment, parent_id)
        found.insert(0, parent)
        parent_id = parent.parent_id
    return found


def _replies(session: Session, comment: Comment) -> list[Comment]:
    if not comment.has_replies:
        return []
    found = select(Comment).where(Comment.parent_id == comment.id).order_by(Comment.id)
    return list(session.scalars(found.limit(_REPLIES)))


def _record(session: Session, comment: Comment, *, now: datetime) -> AuthorRecord:
    is_recent = Comment.created_at > now - _RECORD
    counted = session.execute(
        select(
            func.count().filter(Comment.status == Status.APPROVED),
            func.count().filter(Comment.status == Status.REJECTED),
        ).where(Comment.author_id == comment.author_id, is_recent)
    ).one()
    newest = (
        select(Comment)
        .where(Comment.author_id == comment.author_id, Comment.id != comment.id)
        .order_by(Comment.id.desc())
        .limit(_RECENT)
    )
    return AuthorRecord(counted[0], counted[1], list(session.scalars(newest)))


def _revisions(session: Session, comment: Comment) -> list[Revision]:
    found = select(Revision).where(Revision.comment_id == comment.id).order_by(Revision.number)
    return list(session.scalars(found))
