"""What changes where a comment stands, and the trail of it, as JSON."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response, status
from sqlalchemy.orm import Session

from service.comments import queries as comments
from service.comments import rules
from service.comments.schemas import CommentOut
from service.comments.statement_link import statement_url
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions, queries
from service.decisions.schemas import DecisionOut, EditIn, TrailOut
from service.request import AppSettings, Now, Transaction
from service.settings import Settings
from service.sites.auth import CommentsSite

router = APIRouter(prefix="/v1/comments", tags=["comments"])

_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "`comment_not_found`"}}


@router.put(
    "/{comment_id}",
    summary="Edit a comment",
    responses={
        202: {"description": "Stored; the decision is still to come.", "model": CommentOut},
        410: {"description": "`comment_withdrawn`"},
        **_NOT_FOUND,
    },
)
def edit_comment(
    comment_id: UUID,
    sent: EditIn,
    response: Response,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    site: CommentsSite,
) -> CommentOut:
    """Give a comment another text, which is scored and decided as the first one was.

    An approved text stays public until the new one is decided. A rejected comment stays rejected,
    whatever its new text. The same text again changes nothing.
    """
    comment = comments.get(session, site.id, comment_id)
    body = rules.clean_body(sent.body, max_chars=settings.comments.body_max_chars)
    edited = actions.edit(session, comment, body, now=now)
    if edited.status is Status.PENDING:
        response.status_code = status.HTTP_202_ACCEPTED
    return _seen(session, settings, edited)


@router.delete("/{comment_id}", summary="Withdraw a comment", responses=_NOT_FOUND)
def withdraw_comment(
    comment_id: UUID, session: Transaction, settings: AppSettings, now: Now, site: CommentsSite
) -> CommentOut:
    """Erase every text of a comment, the name on it and its reader's network. Harmless to repeat.

    With them go the digest of the text, the words that decisions quote of it, and what moderators
    noted beside these. What stays: that the comment was there, its ids and times, what was decided
    and its scores; the author's record, with name and e-mail if there is one, until the author is
    erased; what moderators noted for each other before a decision; and for up to 30 days a hash by
    which copies are found, if the site's policy looks for them. If readers see replies, an empty
    place stays in the thread. Sending the comment again under its `external_id` does not bring it
    back.
    """
    comment = comments.get(session, site.id, comment_id)
    return _seen(session, settings, actions.withdraw(session, comment, now=now))


@router.get("/{comment_id}/decisions", summary="Read the trail of decisions", responses=_NOT_FOUND)
def read_trail(comment_id: UUID, session: Transaction, site: CommentsSite) -> TrailOut:
    """Answer every decision on a comment, oldest first: who or what, why, and on what it rested."""
    comment = comments.get(session, site.id, comment_id)
    trail = queries.explained_history(session, comment.id)
    return TrailOut(items=[DecisionOut.of(each) for each in trail])


def _seen(session: Session, settings: Settings, comment: Comment) -> CommentOut:
    article, author = comments.article_and_author(session, comment)
    url = statement_url(settings, comment)
    return CommentOut.of(comment, article, author, statement_url=url)
