"""What crosses HTTP about policies."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field

from service import texts
from service.policy.document import PolicyDocument
from service.policy.queries import PolicyChange, PolicyVersion

NOTE_MAX_CHARS = 500


Note = Annotated[
    str,
    Field(
        min_length=1,
        max_length=NOTE_MAX_CHARS,
        description="Why it is changed; kept with the version.",
        examples=["Election week: a person sees threats earlier."],
    ),
    AfterValidator(texts.clean_line),
]


class PolicyIn(PolicyDocument):
    """A policy to rule from now on."""

    note: Note

    def document(self) -> PolicyDocument:
        return PolicyDocument.model_validate(self.model_dump(exclude={"note"}))


class PolicyOut(BaseModel):
    """One version of a site's policy."""

    version: Annotated[int, Field(description="From 1; 0 is the built-in policy.")]
    policy: PolicyDocument
    note: str
    saved_by: Annotated[str | None, Field(description="Who saved it; null: it is built in.")]
    saved_at: datetime | None
    changes: Annotated[
        list[str], Field(description="What it does otherwise than the version before, in words.")
    ]

    @classmethod
    def of(cls, version: PolicyVersion) -> Self:
        return cls(
            version=version.version,
            policy=version.document,
            note=version.note,
            saved_by=version.saved_by,
            saved_at=version.saved_at,
            changes=list(version.changes),
        )


class PolicyChangeOut(BaseModel):
    """Who saved a version when, why, and what was changed."""

    version: int
    note: str
    saved_by: str
    saved_at: datetime
    changes: list[str]

    @classmethod
    def of(cls, change: PolicyChange) -> Self:
        return cls(
            version=change.version,
            note=change.note,
            saved_by=change.saved_by,
            saved_at=change.saved_at,
            changes=list(change.changes),
        )
