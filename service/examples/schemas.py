"""What crosses HTTP about labels that wait for a lead."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from ml.labels import Language
from service.examples.origin import Cause, Origin, QuarantineState
from service.examples.tables import LabelledExample, Quarantine


class QuarantineOut(BaseModel):
    """Labels of one sender that nothing is learned from until a lead has looked at them."""

    id: UUID
    site: str = Field(description="Slug.")
    sender: str = Field(description="`moderator:<id>`, `reporter:<digest>`, or `site`.")
    sender_name: str | None = Field(description="Of a moderator.")
    cause: Cause
    found: dict[str, Any] = Field(
        description="Of how many sure labels how many contradict, where which share is usual."
    )
    examples: int
    state: QuarantineState
    opened_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Quarantine, slugs: Mapping[UUID, str], names: Mapping[str, str]) -> Self:
        return cls(
            id=row.id,
            site=slugs[row.site_id],
            sender=row.sender,
            sender_name=names.get(row.sender),
            cause=row.cause,
            found=row.found,
            examples=row.examples,
            state=row.state,
            opened_at=row.opened_at,
            settled_at=row.settled_at,
        )


class ExampleOut(BaseModel):
    """A label, and the text as it is now."""

    id: UUID
    text: str
    labels: dict[str, float]
    language: Language
    origin: Origin
    comment_id: UUID | None
    said_at: datetime

    @classmethod
    def of(cls, row: LabelledExample, text: str) -> Self:
        return cls(
            id=row.id,
            text=text,
            labels=row.labels,
            language=row.language,
            origin=row.origin,
            comment_id=row.comment_id,
            said_at=row.said_at,
        )


class QuarantineWholeOut(QuarantineOut):
    """With the newest of its texts."""

    items: list[ExampleOut]

    @classmethod
    def whole(
        cls,
        row: Quarantine,
        slugs: Mapping[UUID, str],
        names: Mapping[str, str],
        texts: Sequence[tuple[LabelledExample, str]],
    ) -> Self:
        short = QuarantineOut.of(row, slugs, names)
        return cls(
            **short.model_dump(), items=[ExampleOut.of(example, text) for example, text in texts]
        )
