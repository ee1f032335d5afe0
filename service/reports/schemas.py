"""What crosses HTTP about notices."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.reports.reason import NoticeState
from service.reports.rules import ANSWER_MAX_CHARS
from service.reports.tables import Notice
from service.sites.reader_language import ReaderLanguage


class ReceiptOut(BaseModel):
    """That a notice has come, and what became of it."""

    id: Annotated[UUID, Field(description="The number of the notice.")]
    state: NoticeState
    law: str
    explanation: str
    created_at: datetime
    answer: Annotated[str | None, Field(description="What whoever read it writes back.")]
    decided_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        return cls(
            id=notice.id,
            state=notice.state,
            law=notice.law,
            explanation=notice.explanation,
            created_at=notice.created_at,
            answer=notice.answer,
            decided_at=notice.decided_at,
        )


class NoticeOut(BaseModel):
    """A notice as moderators read it."""

    id: UUID
    site: Annotated[str, Field(description="Slug.")]
    comment_id: UUID
    revision: Annotated[int, Field(description="The number of the text that it is about.")]
    law: str
    explanation: str
    contact: Annotated[
        str | None,
        Field(description="Of whoever gave it; for leads alone, and gone some time after it ends."),
    ]
    has_contact: bool
    language: ReaderLanguage
    state: NoticeState
    created_at: datetime
    answer: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, notice: Notice, site: str, *, with_contact: bool) -> Self:
        return cls(
            id=notice.id,
            site=site,
            comment_id=notice.comment_id,
            revision=notice.revision,
            law=notice.law,
            explanation=notice.explanation,
            contact=notice.contact if with_contact else None,
            has_contact=notice.contact is not None,
            language=notice.language,
            state=notice.state,
            created_at=notice.created_at,
            answer=notice.answer,
            decided_at=notice.decided_at,
        )


class AnswerIn(BaseModel):
    """What is answered to a notice."""

    model_config = ConfigDict(extra="forbid")

    acted: Annotated[
        bool, Field(description="True takes the comment down, on the ground of the law named.")
    ]
    answer: Annotated[
        str | None,
        Field(
            max_length=8 * ANSWER_MAX_CHARS,
            description="For whoever gave the notice; required where it is not acted upon.",
            examples=["The comment reports what was said in court, and calls for nothing."],
        ),
    ] = None
