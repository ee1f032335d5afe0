"""The address at which the author of a rejected comment reads why, and may appeal."""

from datetime import datetime
from typing import Final
from uuid import UUID

from service.comments.status import Status
from service.comments.tables import Comment
from service.settings import Settings
from service.signed_links import Kind, SignedLinks

STATEMENTS: Final = "/statements"


def statement_url(settings: Settings, comment: Comment) -> str | None:
    """Return the address for whoever wrote ``comment``; None unless it stands rejected.

    The same rejection has the same address whenever it is asked for. It opens without an account,
    so it is for the author alone.
    """
    if comment.status is not Status.REJECTED or comment.decided_at is None:
        return None
    return statement_url_of(settings, comment.id, rejected_at=comment.decided_at)


def statement_url_of(settings: Settings, comment_id: UUID, *, rejected_at: datetime) -> str:
    """Return the address of the statement on a rejection at that time."""
    ends_at = rejected_at + settings.appeals.link_lifetime
    return SignedLinks.of(settings).url(STATEMENTS, Kind.STATEMENT, comment_id, ends_at=ends_at)
