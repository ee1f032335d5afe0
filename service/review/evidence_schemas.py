"""What crosses HTTP of one comment's evidence."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from ml.labels import Label
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.tables import Actor
from service.review.evidence import Evidence
from service.review.schemas import CardOut, SentenceOut
from service.review.tables import ChoiceState


class StepOut(BaseModel):
    """One step of a comment's way; ``state`` is `recorded` for what counts."""

    at: datetime
    status: Status
    revision: int
    actor: Actor
    by: str = Field(description="A moderator's name, or what else decided.")
    state: ChoiceState
    reason: str
    reasons: list[SentenceOut]
    note: str | None
    is_bulk: bool
    decision_id: int | None
    policy_version: int | None
    model_version: str | None


class LabelScoreOut(BaseModel):
    label: Label
    score: float | None
    hold: float | None = Field(description="Held from here on.")
    reject: float | None = Field(description="Rejected from here on.")


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


class AuthorRecordOut(BaseModel):
    """What became of the author's comments in the last thirty days, and the newest of them."""

    approved: int
    rejected: int
    recent: list[MentionOut]


class RevisionOut(BaseModel):
    number: int
    body: str
    written_at: datetime


class HighlightOut(BaseModel):
    """A piece of the text that raised a score."""

    start: int = Field(description="In code points, from the text's beginning.")
    end: int = Field(description="The first code point that no longer belongs to it.")
    label: Label
    contribution: float = Field(description="What it adds to the label's logit.")


class EvidenceOut(BaseModel):
    card: CardOut
    scores: list[LabelScoreOut]
    policy_version: int
    ancestors: list[MentionOut] = Field(description="What it replies to, the nearest one last.")
    replies: list[MentionOut]
    author: AuthorRecordOut
    revisions: list[RevisionOut] = Field(description="Texts that edits have replaced.")
    trail: list[StepOut]

    @classmethod
    def of(cls, found: Evidence, card: CardOut) -> Self:
        return cls(
            card=card,
            scores=[LabelScoreOut.model_validate(x, from_attributes=True) for x in found.scores],
            policy_version=found.policy_version,
            ancestors=[MentionOut.of(each) for each in found.ancestors],
            replies=[MentionOut.of(each) for each in found.replies],
            author=AuthorRecordOut(
                approved=found.author.approved,
                rejected=found.author.rejected,
                recent=[MentionOut.of(each) for each in found.author.recent],
            ),
            revisions=[
                RevisionOut.model_validate(each, from_attributes=True) for each in found.revisions
            ],
            trail=[StepOut.model_validate(each, from_attributes=True) for each in found.trail],
        )
