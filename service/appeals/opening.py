"""What a statement's link opens."""

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from service.appeals.statement import Statement, statement
from service.comments.status import Status
from service.comments.tables import Comment
from service.settings import Settings
from service.signed_links import Kind, LinkNotKnown, SignedLinks
from service.sites import reader_texts
from service.sites.reader_language import ReaderLanguage

TEXTS: Final = Path(__file__).parent / "texts"


def comment_of(session: Session, settings: Settings, token: str, *, now: datetime) -> Comment:
    """Return the comment whose author holds the link.

    Raises:
        LinkNotKnown: the link is none of ours.
        LinkExpired: its time is over.
    """
    comment_id = SignedLinks.of(settings).read(Kind.STATEMENT, token, now=now)
    comment: Comment | None = session.get(Comment, comment_id)
    if comment is None:
        raise LinkNotKnown
    return comment


def opened(
    session: Session,
    settings: Settings,
    token: str,
    language: ReaderLanguage,
    *,
    now: datetime,
) -> Statement:
    """Return the statement in this language.

    Raises:
        LinkNotKnown: the link is none of ours, or the comment was never rejected.
        LinkExpired: its time is over.
    """
    comment = comment_of(session, settings, token, now=now)
    texts = reader_texts.in_language(TEXTS, language)
    stated = statement(session, comment, texts, window=settings.appeals.window, now=now)
    if stated.rejection is None and comment.status is not Status.WITHDRAWN:
        raise LinkNotKnown
    return stated
