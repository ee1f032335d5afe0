"""Authors as JSON: records, sanctions, and notes about them and about comments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import AfterValidator

from service.authors import queries as authors
from service.moderators.auth import CurrentModerator
from service.moderators.http import Responses
from service.request import AppSettings, Now, Transaction
from service.review import notes, queries, sanctions
from service.review.author_record import author_record
from service.review.author_schemas import (
    AuthorRecordOut,
    LaidOut,
    NoteIn,
    NoteOut,
    SanctionIn,
    SanctionOut,
)
from service.review.bulk_schemas import BulkOut
from service.review.http import NOT_FOUND
from service.review.notes import NOTE_MAX_CHARS, clean_note

router = APIRouter()

_NO_AUTHOR: Responses = {404: {"description": "`author_not_found`"}}
_FOR_LEADS: Responses = {403: {"description": "`role_too_low`, `foreign_request`"}}


@router.get("/authors/{author_id}", responses=_NO_AUTHOR)
def read_author(
    author_id: UUID, session: Transaction, now: Now, who: CurrentModerator
) -> AuthorRecordOut:
    """Answer what became of an author's comments, what lies on the author, and what was noted."""
    author = authors.get(session, who.site_ids, author_id)
    return AuthorRecordOut.of(author_record(session, author, now=now), who)


@router.get("/authors/{author_id}/sanctions", responses=_NO_AUTHOR)
def read_sanctions(
    author_id: UUID, session: Transaction, who: CurrentModerator
) -> list[SanctionOut]:
    """List all that was ever laid on the author, newest first: who, when, why, until, lifted."""
    author = authors.get(session, who.site_ids, author_id)
    return [SanctionOut.of(each) for each in authors.sanctions(session, author.id)]


@router.post(
    "/authors/{author_id}/sanctions",
    status_code=status.HTTP_201_CREATED,
    responses=_NO_AUTHOR | _FOR_LEADS,
)
def lay_sanction(
    author_id: UUID,
    sent: SanctionIn,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: CurrentModerator,
) -> LaidOut:
    """Lay a sanction on the author, in place of the one before; the next comments meet it."""
    author = authors.get(session, who.site_ids, author_id)
    laid = sanctions.lay(
        session,
        who,
        author,
        sent.kind,
        why=sent.why,
        until=sent.until,
        reject_for=sent.reject_for,
        now=now,
        window=settings.review.undo_window,
    )
    return LaidOut(
        sanction=SanctionOut.of(laid.sanction),
        rejected=None if laid.rejected is None else BulkOut.of(laid.rejected),
        left=laid.left,
    )


@router.delete(
    "/authors/{author_id}/sanctions",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=_FOR_LEADS | {404: {"description": "`author_not_found`, `sanction_not_found`"}},
)
def lift_sanction(
    author_id: UUID,
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    why: Annotated[
        str | None,
        Query(max_length=NOTE_MAX_CHARS, description="For colleagues."),
        AfterValidator(clean_note),
    ] = None,
) -> None:
    """Lift what lies on the author; it stays in the history."""
    author = authors.get(session, who.site_ids, author_id)
    sanctions.lift(session, who, author, why=why, now=now)


@router.get("/authors/{author_id}/notes", responses=_NO_AUTHOR)
def read_author_notes(
    author_id: UUID, session: Transaction, who: CurrentModerator
) -> list[NoteOut]:
    """List what colleagues noted about the author, newest first."""
    author = authors.get(session, who.site_ids, author_id)
    return [NoteOut.of(each, who) for each in notes.of_author(session, author.id)]


@router.post(
    "/authors/{author_id}/notes", status_code=status.HTTP_201_CREATED, responses=_NO_AUTHOR
)
def note_author(
    author_id: UUID, sent: NoteIn, session: Transaction, now: Now, who: CurrentModerator
) -> NoteOut:
    """Note something about the author, for colleagues."""
    author = authors.get(session, who.site_ids, author_id)
    noted = notes.about_author(session, who.moderator, author, sent.body, now=now)
    return NoteOut.of(noted, who)


@router.get("/comments/{comment_id}/notes", responses=NOT_FOUND)
def read_comment_notes(
    comment_id: UUID, session: Transaction, who: CurrentModerator
) -> list[NoteOut]:
    """List what colleagues noted about the comment, newest first."""
    comment = queries.comment_of(session, who.site_ids, comment_id)
    return [NoteOut.of(each, who) for each in notes.of_comment(session, comment.id)]


@router.post(
    "/comments/{comment_id}/notes",
    status_code=status.HTTP_201_CREATED,
    responses=NOT_FOUND | {410: {"description": "`comment_withdrawn`"}},
)
def note_comment(
    comment_id: UUID, sent: NoteIn, session: Transaction, now: Now, who: CurrentModerator
) -> NoteOut:
    """Note something about the comment, for colleagues; it goes when the comment is withdrawn."""
    comment = queries.comment_of(session, who.site_ids, comment_id)
    noted = notes.about_comment(session, who.moderator, comment, sent.body, now=now)
    return NoteOut.of(noted, who)


@router.delete(
    "/notes/{note_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={
        403: {"description": "`not_your_note`, `foreign_request`"},
        404: {"description": "`note_not_found`"},
    },
)
def remove_note(note_id: UUID, session: Transaction, who: CurrentModerator) -> None:
    """Remove a note of one's own."""
    notes.remove(session, who.moderator, who.roles, note_id)
