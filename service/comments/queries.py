"""Reads of comments."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.errors import CommentNotFound
from service.comments.tables import Comment


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
