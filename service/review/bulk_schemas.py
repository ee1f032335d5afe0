"""What crosses HTTP when many comments are decided at once."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ml.labels import Label
from service.review.bulk import Bulk
from service.review.notes import NOTE_MAX_CHARS, clean_note
from service.review.schemas import Outcome

BULK_MAX = 500


class JudgedIn(BaseModel):
    """One comment, and which text of it was judged."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    revision: int = Field(ge=1, le=2**31 - 1)


class BulkIn(BaseModel):
    """What to make of many comments."""

    model_config = ConfigDict(extra="forbid")

    comments: list[JudgedIn] = Field(min_length=1, max_length=BULK_MAX)
    status: Outcome
    reason: str | None = Field(default=None, max_length=100)
    note: Annotated[str | None, Field(max_length=NOTE_MAX_CHARS), AfterValidator(clean_note)] = None


class RefusedOut(BaseModel):
    comment_id: UUID
    code: str
    detail: str


class BulkOut(BaseModel):
    id: UUID
    decided: int
    refused: list[RefusedOut]
    settles_at: datetime = Field(description="Until then it can be undone.")

    @classmethod
    def of(cls, made: Bulk) -> Self:
        return cls(
            id=made.id,
            decided=len(made.decided),
            settles_at=made.settles_at,
            refused=[
                RefusedOut(comment_id=comment_id, code=error.code, detail=error.detail)
                for comment_id, error in made.refused.items()
            ],
        )


class BulkUndoneOut(BaseModel):
    undone: int
    too_late: int


class HistogramOut(BaseModel):
    label: Label | None
    counts: list[int] = Field(description="By bins of equal width over [0, 1].")
