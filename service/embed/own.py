"""A reader's own comments: how they stand; edited and withdrawn while the site lets them be."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.comments import queries as comments
from service.comments.statement_link import statement_url
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions
from service.decisions.errors import CommentWithdrawn
from service.decisions.tables import Actor
from service.embed.errors import EditWindowOver, WithdrawWindowOver
from service.embed.opened import OpenedSite
from service.embed.sent_schemas import OwnOut
from service.settings import Settings


def of_reader(
    session: Session, site: OpenedSite, ids: Sequence[UUID], *, settings: Settings, now: datetime
) -> list[OwnOut]:
    """Return how these comments stand, newest first, without those that are not the site's."""
    found = session.execute(
        select(Comment, Article.external_id)
        .join(Article, Article.id == Comment.article_id)
        .where(Comment.id.in_(ids), Comment.site_id == site.site_id)
        .order_by(Comment.id.desc())
    )
    return [
        shown(site, comment, article_id, settings=settings, now=now)
        for comment, article_id in found
    ]


def edit(
    session: Session, site: OpenedSite, comment_id: UUID, body: str, *, now: datetime
) -> Comment:
    """Put another text in the place of the reader's own, and have it decided again.

    Raises:
        CommentNotFound: it is not the site's.
        CommentWithdrawn: there is nothing left to edit.
        EditWindowOver: it was sent too long ago, or is rejected: an edit never lifts a rejection.
    """
    comment = comments.get(session, site.site_id, comment_id)
    if comment.status is Status.WITHDRAWN:
        raise CommentWithdrawn(comment_id)
    if edit_until(site, comment.status, comment.created_at, now=now) is None:
        raise EditWindowOver
    return actions.edit(session, comment, body, actor=Actor.AUTHOR, now=now)


def withdraw(session: Session, site: OpenedSite, comment_id: UUID, *, now: datetime) -> Comment:
    """Erase the reader's own comment, for good; harmless to repeat.

    Raises:
        CommentNotFound: it is not the site's.
        WithdrawWindowOver: it was sent too long ago.
    """
    comment = comments.get(session, site.site_id, comment_id)
    if comment.status is Status.WITHDRAWN:
        return comment
    if withdraw_until(site, comment.status, comment.created_at, now=now) is None:
        raise WithdrawWindowOver
    return actions.withdraw(session, comment, actor=Actor.AUTHOR, now=now)


def shown(
    site: OpenedSite, comment: Comment, article_id: str, *, settings: Settings, now: datetime
) -> OwnOut:
    """Return the comment as its author sees it."""
    return OwnOut(
        id=comment.id,
        article_id=article_id,
        parent_id=comment.parent_id,
        thread_id=comment.thread_id or comment.id,
        status=comment.status,
        author_name=comment.author_name,
        body=comment.body,
        edited=comment.edited_at is not None,
        created_at=comment.created_at,
        edit_until=edit_until(site, comment.status, comment.created_at, now=now),
        withdraw_until=withdraw_until(site, comment.status, comment.created_at, now=now),
        statement_url=statement_url(settings, comment),
    )


def edit_until(
    site: OpenedSite, status: Status, created_at: datetime, *, now: datetime
) -> datetime | None:
    """Return until when its author may edit the comment; None: no longer, or never."""
    if status in (Status.REJECTED, Status.WITHDRAWN):
        return None
    return _ahead(created_at, site.preferences.edit_window, now=now)


def withdraw_until(
    site: OpenedSite, status: Status, created_at: datetime, *, now: datetime
) -> datetime | None:
    """Return until when its author may withdraw the comment; None: no longer, or never."""
    if status is Status.WITHDRAWN:
        return None
    return _ahead(created_at, site.preferences.withdraw_window, now=now)


def _ahead(created_at: datetime, window: timedelta, *, now: datetime) -> datetime | None:
    ends_at = created_at + window
    return ends_at if ends_at > now else None
