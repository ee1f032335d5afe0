"""Reads of comments."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.errors import CommentNotFound
from service.comments.status import Status
from service.comments.tables import Comment, Revision

_reply = aliased(Comment)
_KEEPS_A_PLACE = and_(
    Comment.status.in_((Status.REJECTED, Status.WITHDRAWN)),
    # A look-up for each: of an EXISTS the planner may make one table of all replies that there are.
    select(_reply.id)
    .where(_reply.parent_id == Comment.id, _reply.public_revision.is_not(None))
    .limit(1)
    .correlate(Comment)
    .scalar_subquery()
    .is_not(None),
)


class Order(StrEnum):
    OLDEST = "oldest"
    NEWEST = "newest"


def get(session: Session, site_id: UUID, comment_id: UUID) -> Comment:
    """Return the site's comment.

    Raises:
        CommentNotFound: there is none, or it is another site's.
    """
    comment: Comment | None = session.get(Comment, comment_id)
    if comment is None or comment.site_id != site_id:
        raise CommentNotFound(comment_id)
    return comment


def lock(session: Session, comment_id: UUID) -> Comment:
    """Return the comment as it stands now, kept from other decisions until the transaction ends.

    Replies may go on arriving meanwhile: NO KEY UPDATE leaves the comment's key free.

    Raises:
        CommentNotFound: there is none.
    """
    comment: Comment | None = session.scalar(
        select(Comment)
        .where(Comment.id == comment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if comment is None:
        raise CommentNotFound(comment_id)
    return comment


def article_and_author(session: Session, comment: Comment) -> tuple[Article, Author]:
    """Return under what, and by whom, the comment was written."""
    article: Article = session.get_one(Article, comment.article_id)
    author: Author = session.get_one(Author, comment.author_id)
    return article, author


def published(
    session: Session, article: Article, *, order: Order, after: UUID | None, most: int
) -> list[tuple[Comment, str | None]]:
    """Return what stands under the article, after the comment ``after``.

    Each with the text that readers see while an edit waits for its decision, or None. A rejected or
    withdrawn comment is there as long as readers see a reply to it: it keeps their place. One that
    still waits for its decision keeps no place: readers have never seen it, or will again.
    """
    rows = session.execute(published_statement(article.id, order=order, after=after, most=most))
    return [(row[0], row[1]) for row in rows]


def published_statement(
    article_id: UUID, *, order: Order, after: UUID | None, most: int
) -> Select[Comment, str]:
    earlier = and_(
        Comment.public_revision != Comment.revision,
        Revision.comment_id == Comment.id,
        Revision.number == Comment.public_revision,
    )
    wanted = (
        select(Comment, Revision.body)
        .outerjoin(Revision, earlier)
        .where(
            Comment.article_id == article_id,
            # What the index holds; which of the parents keep a place is asked of these few only.
            or_(Comment.public_revision.is_not(None), Comment.has_replies),
            or_(Comment.public_revision.is_not(None), _KEEPS_A_PLACE),
        )
        .limit(most)
    )
    if order is Order.NEWEST:
        wanted = wanted.order_by(Comment.id.desc())
        return wanted if after is None else wanted.where(Comment.id < after)
    wanted = wanted.order_by(Comment.id)
    return wanted if after is None else wanted.where(Comment.id > after)
