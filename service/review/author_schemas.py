"""What crosses HTTP about authors: records, sanctions, notes."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.authors.sanction_kind import SanctionKind
from service.authors.tables import Sanction
from service.comments.status import Status
from service.comments.tables import Comment
from service.moderators.queries import SignedIn
from service.review.author_record import AuthorRecord
from service.review.bulk_schemas import BulkOut
from service.review.notes import NOTE_MAX_CHARS, Noted, clean_note


def _not_empty(text: str) -> str:
    cleaned = clean_note(text)
    if cleaned is None:
        raise ValueError("must not be empty")
    return cleaned


Words = Annotated[str, Field(max_length=NOTE_MAX_CHARS), AfterValidator(_not_empty)]


class NoteIn(BaseModel):
    """What colleagues are to know."""

    model_config = ConfigDict(extra="forbid")

    body: Annotated[Words, Field(examples=["Asked twice to keep to the subject."])]


class SanctionIn(BaseModel):
    """What to lay on an author, in place of what lies there."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[
        SanctionKind,
        Field(
            description="`always_hold`: a person sees every comment first. `suspended`: comments "
            "are rejected until `until`. `banned`: they are rejected; for leads."
        ),
    ]
    why: Annotated[Words, Field(description="For colleagues; the author never sees it.")]
    until: Annotated[
        AwareDatetime | None,
        Field(description="When it ends by itself; a suspension needs it."),
    ] = None
    reject_for: Annotated[
        str | None,
        Field(
            max_length=100,
            description="A code of the site's list of reasons: what is held of the author is "
            "rejected for it, at most 500 comments, and can be undone as a bulk.",
            examples=["spam"],
        ),
    ] = None


class MentionOut(BaseModel):
    """Another comment, in brief."""

    id: UUID
    author: str
    body: str
    status: Status
    created_at: datetime

    @classmethod
    def of(cls, comment: Comment) -> Self:
        return cls(
            id=comment.id,
            author=comment.author_name,
            body=comment.body,
            status=comment.status,
            created_at=comment.created_at,
        )


class NoteOut(BaseModel):
    id: UUID
    by: str
    is_mine: bool
    body: str
    written_at: datetime

    @classmethod
    def of(cls, found: Noted, who: SignedIn) -> Self:
        note = found.note
        return cls(
            id=note.id,
            by=found.by,
            is_mine=note.moderator_id == who.moderator.id,
            body=note.body,
            written_at=note.written_at,
        )


class SanctionOut(BaseModel):
    """What lies, or lay, on an author; who laid and lifted it, and why."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: SanctionKind
    until: datetime | None
    why: str
    laid_by: str
    laid_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_why: str | None

    @classmethod
    def of(cls, sanction: Sanction) -> Self:
        return cls.model_validate(sanction)


class LaidOut(BaseModel):
    sanction: SanctionOut
    rejected: BulkOut | None = Field(description="What became of the author's held comments.")
    left: bool = Field(description="Whether more are held than could be rejected at once.")


class AuthorRecordOut(BaseModel):
    """What became of the author's comments in the last thirty days, and what is known besides."""

    id: UUID
    name: str
    external_id: str | None = Field(description="The site's own id; null for a guest.")
    since: datetime = Field(description="Of the first comment.")
    approved: int
    rejected: int
    held: int
    approved_ever: int
    rejected_ever: int
    recent: list[MentionOut] = Field(description="The newest comments.")
    sanction: SanctionOut | None = Field(description="What lies on the author now.")
    notes: list[NoteOut] = Field(description="What colleagues noted, newest first.")

    @classmethod
    def of(cls, found: AuthorRecord, who: SignedIn) -> Self:
        author = found.author
        return cls(
            id=author.id,
            name=author.name,
            external_id=author.external_id,
            since=author.created_at,
            approved=found.approved,
            rejected=found.rejected,
            held=found.held,
            approved_ever=author.approved_count,
            rejected_ever=author.rejected_count,
            recent=[MentionOut.of(each) for each in found.recent],
            sanction=None if found.sanction is None else SanctionOut.of(found.sanction),
            notes=[NoteOut.of(each, who) for each in found.notes],
        )
