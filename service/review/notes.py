"""What moderators write for one another: beside a decision, about a comment, about an author.

A note about a comment goes with the comment's text when this is withdrawn: it may quote it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from service import texts
from service.authors.tables import Author
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.errors import CommentWithdrawn
from service.moderators import queries as moderators
from service.moderators.tables import Moderator, Role
from service.review.errors import NoteNotFound, NotYourNote
from service.review.tables import Note

NOTE_MAX_CHARS: Final = 2000
_SHOWN_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Noted:
    """A note, and the name of whoever wrote it."""

    note: Note
    by: str


def clean_note(text: str | None) -> str | None:
    """Return the note in its normal form, None for an empty one.

    Raises:
        ValueError: it has a character that cannot be stored.
    """
    if text is None:
        return None
    note = texts.normal_form(text)
    found = texts.unfit_character(note)
    if found:
        raise ValueError(f"must not have {found}")
    return note or None


def about_author(
    session: Session, moderator: Moderator, author: Author, body: str, *, now: datetime
) -> Noted:
    """Keep what the moderator writes about the author."""
    note = Note(
        site_id=author.site_id,
        author_id=author.id,
        moderator_id=moderator.id,
        body=body,
        written_at=now,
    )
    return _kept(session, note, moderator)


def about_comment(
    session: Session, moderator: Moderator, comment: Comment, body: str, *, now: datetime
) -> Noted:
    """Keep what the moderator writes about the comment.

    Raises:
        CommentWithdrawn: its text is erased, and nothing that may quote it is written any more.
    """
    if comment.status is Status.WITHDRAWN:
        raise CommentWithdrawn(comment.id)
    note = Note(
        site_id=comment.site_id,
        comment_id=comment.id,
        moderator_id=moderator.id,
        body=body,
        written_at=now,
    )
    return _kept(session, note, moderator)


def of_author(session: Session, author_id: UUID) -> list[Noted]:
    """Return the notes about the author, newest first."""
    return _read(session, Note.author_id == author_id)


def of_comment(session: Session, comment_id: UUID) -> list[Noted]:
    """Return the notes about the comment, newest first."""
    return _read(session, Note.comment_id == comment_id)


def remove(
    session: Session, moderator: Moderator, roles: Mapping[UUID, Role], note_id: UUID
) -> None:
    """Remove a note of one's own.

    Raises:
        NoteNotFound: there is none on one's sites.
        NotYourNote: a colleague wrote it.
    """
    note = session.get(Note, note_id)
    if note is None or note.site_id not in roles:
        raise NoteNotFound
    if note.moderator_id != moderator.id:
        raise NotYourNote
    session.delete(note)
    session.flush()


def forget_about(session: Session, comment_ids: Collection[UUID]) -> None:
    """Erase the notes about these comments."""
    session.execute(delete(Note).where(Note.comment_id.in_(comment_ids)))


def _kept(session: Session, note: Note, moderator: Moderator) -> Noted:
    session.add(note)
    session.flush()
    return Noted(note, moderator.name)


def _read(session: Session, which: ColumnElement[bool]) -> list[Noted]:
    found = session.scalars(
        select(Note).where(which).order_by(Note.id.desc()).limit(_SHOWN_MOST)
    ).all()
    names = moderators.names(session, {note.moderator_id for note in found})
    return [Noted(note, names[note.moderator_id]) for note in found]
