"""What a moderator sees of comments in the list: read for a whole page in a few queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.tables import Comment
from service.decisions.tables import Decision
from service.moderators import queries as moderators
from service.review.queue_names import Queue
from service.review.tables import Choice, Claim
from service.review.waits import Waits, waits
from service.scoring.tables import Score


@dataclass(frozen=True, slots=True)
class Card:
    """One comment, with what is needed to decide it; ``score`` is of the text shown, if any.

    ``is_blind``: it is read for the audit, so nobody may see what was thought of it.
    """

    comment: Comment
    article: Article
    author: Author
    parent_author: str | None
    decision: Decision | None
    score: Score | None
    claim: Claim | None
    choice: Choice | None
    waits: Waits
    names: Mapping[UUID, str]
    is_blind: bool = False

    def name_of(self, moderator_id: UUID) -> str:
        """Return the name of whoever has the comment in hand or chose last."""
        return self.names[moderator_id]


def cards(
    session: Session,
    comments: Sequence[Comment],
    *,
    blind: Collection[UUID] = (),
    now: datetime,
) -> list[Card]:
    """Return a card for each comment, in the same order; those in ``blind`` are read blind."""
    ids = [comment.id for comment in comments]
    around = {
        comment_id: (article, author)
        for comment_id, article, author in session.execute(
            select(Comment.id, Article, Author)
            .join(Article, Article.id == Comment.article_id)
            .join(Author, Author.id == Comment.author_id)
            .where(Comment.id.in_(ids))
        )
    }
    parents = _author_names(session, {c.parent_id for c in comments if c.parent_id})
    decisions = _newest_decisions(session, ids)
    scores = _newest_scores(session, ids)
    claims = _claims(session, ids, now=now)
    choices = newest_choices(session, ids)
    people = {claim.moderator_id for claim in claims.values()}
    people |= {choice.moderator_id for choice in choices.values()}
    names = moderators.names(session, people)
    waiting = waits(session, ids)
    return [
        Card(
            comment=comment,
            article=around[comment.id][0],
            author=around[comment.id][1],
            parent_author=parents.get(comment.parent_id) if comment.parent_id else None,
            decision=decisions.get(comment.id),
            score=_of_this_text(scores.get(comment.id), comment),
            claim=claims.get(comment.id),
            choice=choices.get(comment.id),
            waits=waiting[comment.id],
            names=names,
            is_blind=comment.id in blind,
        )
        for comment in comments
    ]


def newest_choices(session: Session, comment_ids: Sequence[UUID]) -> dict[UUID, Choice]:
    """Return the newest choice on each comment that has one; the audit's are for nobody to see."""
    found = (
        select(Choice)
        .ext(distinct_on(Choice.comment_id))
        .where(Choice.comment_id.in_(comment_ids), Choice.queue != Queue.AUDIT)
        .order_by(Choice.comment_id, Choice.id.desc())
    )
    return {choice.comment_id: choice for choice in session.scalars(found)}


def _of_this_text(score: Score | None, comment: Comment) -> Score | None:
    return score if score is not None and score.revision == comment.revision else None


def _author_names(session: Session, comment_ids: set[UUID]) -> dict[UUID, str]:
    found = select(Comment.id, Comment.author_name).where(Comment.id.in_(comment_ids))
    return {comment_id: name for comment_id, name in session.execute(found)}  # noqa: C416 - rows are no pairs to mypy


def _newest_decisions(session: Session, comment_ids: Sequence[UUID]) -> dict[UUID, Decision]:
    found = (
        select(Decision)
        .where(Decision.comment_id.in_(comment_ids))
        .ext(distinct_on(Decision.comment_id))
        .order_by(Decision.comment_id, Decision.id.desc())
    )
    return {decision.comment_id: decision for decision in session.scalars(found)}


def _newest_scores(session: Session, comment_ids: Sequence[UUID]) -> dict[UUID, Score]:
    found = (
        select(Score)
        .where(Score.comment_id.in_(comment_ids))
        .ext(distinct_on(Score.comment_id))
        .order_by(Score.comment_id, Score.id.desc())
    )
    return {score.comment_id: score for score in session.scalars(found)}


def _claims(session: Session, comment_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, Claim]:
    found = select(Claim).where(Claim.comment_id.in_(comment_ids), Claim.expires_at > now)
    return {claim.comment_id: claim for claim in session.scalars(found)}
