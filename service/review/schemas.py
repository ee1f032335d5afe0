"""What crosses HTTP when moderators review."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ml.labels import Label, Language
from service.comments.status import Status
from service.moderators.queries import SignedIn
from service.review.cards import Card
from service.review.notes import NOTE_MAX_CHARS, clean_note
from service.review.queue import Queue
from service.review.tables import Choice, ChoiceState
from service.sites.reasons import RejectReason


class Outcome(StrEnum):
    """What a moderator may make of a comment."""

    APPROVED = "approved"
    REJECTED = "rejected"


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClaimsIn(_Sent):
    """How many comments to take in hand, and of which site."""

    site: str | None = Field(
        default=None, max_length=100, description="Slug; without it, of all sites of one's own."
    )
    count: int = Field(default=1, ge=1, le=20, description="Most comments to take.")


class KeepIn(_Sent):
    """Which comments to take in hand, or to keep there for another lease."""

    comments: list[UUID] = Field(max_length=50)


class EscalationIn(_Sent):
    """Why this is one for a lead."""

    note: Annotated[str | None, Field(max_length=NOTE_MAX_CHARS), AfterValidator(clean_note)] = None


class DecisionIn(_Sent):
    """What to make of a comment, and which text was judged."""

    status: Outcome
    revision: int = Field(
        ge=1,
        le=2**31 - 1,
        description="The `revision` that was on the screen; another one is a 409.",
    )
    reason: str | None = Field(
        default=None,
        max_length=100,
        description="A code of the site's list; required to reject.",
        examples=["insult"],
    )
    note: Annotated[
        str | None,
        Field(max_length=NOTE_MAX_CHARS, description="For colleagues; the author never sees it."),
        AfterValidator(clean_note),
    ] = None
    replaces: int | None = Field(
        default=None,
        ge=1,
        le=2**63 - 1,
        description="To overturn a decision: its id. Without it only a held comment is decided.",
    )


class SentenceOut(BaseModel):
    code: str
    sentence: str


class ClaimOut(BaseModel):
    by: str = Field(description="The name of who has the comment in hand.")
    is_mine: bool
    expires_at: datetime


class ArticleOut(BaseModel):
    id: str = Field(description="The site's own id.")
    title: str
    url: str


class AuthorOut(BaseModel):
    id: UUID
    name: str
    is_guest: bool = Field(description="Whether the site knows no account of this author.")
    approved_count: int
    rejected_count: int


class ChoiceOut(BaseModel):
    """What a moderator chose: a decision once `settles_at` has passed, if not undone before."""

    id: UUID
    comment_id: UUID
    by: str = Field(description="The moderator's name.")
    is_mine: bool
    status: Status
    reason: str
    note: str | None
    state: ChoiceState
    decided_at: datetime
    settles_at: datetime = Field(description="Until then `…/undo` takes it back.")

    @classmethod
    def of(cls, choice: Choice, *, by: str, is_mine: bool) -> Self:
        return cls(
            id=choice.id,
            comment_id=choice.comment_id,
            by=by,
            is_mine=is_mine,
            status=choice.status,
            reason=choice.reason,
            note=choice.note,
            state=choice.state,
            decided_at=choice.chosen_at,
            settles_at=choice.settles_at,
        )


class CardOut(BaseModel):
    """A comment in the list, with what is needed to decide it."""

    id: UUID
    site: str
    article: ArticleOut
    author: AuthorOut
    parent_id: UUID | None
    parent_author: str | None = Field(description="To whom it replies.")
    body: str
    revision: int
    status: Status
    language: Language | None = Field(description="As the classifier recognised it.")
    created_at: datetime
    edited_at: datetime | None
    why: list[SentenceOut] = Field(description="Why the comment is here, in words.")
    scores: dict[Label, float] = Field(description="Probabilities in [0, 1] of this text.")
    urgency: float
    decision_id: int | None = Field(description="The newest decision; to overturn it, `replaces`.")
    claim: ClaimOut | None
    choice: ChoiceOut | None = Field(description="What a moderator decided last.")

    @classmethod
    def of(cls, card: Card, who: SignedIn, slugs: dict[UUID, str]) -> Self:
        comment = card.comment
        return cls(
            id=comment.id,
            site=slugs[comment.site_id],
            article=ArticleOut(
                id=card.article.external_id, title=card.article.title, url=card.article.url
            ),
            author=AuthorOut(
                id=card.author.id,
                name=comment.author_name,
                is_guest=card.author.external_id is None,
                approved_count=card.author.approved_count,
                rejected_count=card.author.rejected_count,
            ),
            parent_id=comment.parent_id,
            parent_author=card.parent_author,
            body=comment.body,
            revision=comment.revision,
            status=comment.status,
            language=card.score.language if card.score else None,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            why=[SentenceOut.model_validate(each) for each in card.decision.reasons]
            if card.decision
            else [],
            scores=card.score.by_label() if card.score else {},
            urgency=comment.urgency,
            decision_id=card.decision.id if card.decision else None,
            claim=ClaimOut(
                by=card.name_of(card.claim.moderator_id),
                is_mine=card.claim.moderator_id == who.moderator.id,
                expires_at=card.claim.expires_at,
            )
            if card.claim
            else None,
            choice=ChoiceOut.of(
                card.choice,
                by=card.name_of(card.choice.moderator_id),
                is_mine=card.choice.moderator_id == who.moderator.id,
            )
            if card.choice
            else None,
        )


class QueueOut(BaseModel):
    """How many wait, and since when the oldest of them."""

    queue: Queue
    site: str
    count: int
    oldest_at: datetime | None


class RejectReasonOut(BaseModel):
    code: str
    title: str
    sentence: str
    labels: list[Label]

    @classmethod
    def of(cls, reason: RejectReason) -> Self:
        return cls(
            code=reason.code,
            title=reason.title,
            sentence=reason.sentence,
            labels=list(reason.labels),
        )


class ChosenOut(BaseModel):
    by: str
    is_mine: bool
    status: Status
    state: ChoiceState


class StandingOut(BaseModel):
    """Where a comment stands now."""

    id: UUID
    status: Status
    revision: int
    claimed_by: str | None
    is_mine: bool = Field(description="Whether one has it in hand oneself.")
    choice: ChosenOut | None


class PaceOut(BaseModel):
    """One's own work of the last twelve hours."""

    decided: int
    median_seconds: float | None = Field(description="From taking in hand to deciding.")
    in_hand: int


class ChangesOut(BaseModel):
    as_of: datetime
    queues: list[QueueOut]
    arrived: int = Field(description="Free comments that were held after `since`.")
    comments: list[StandingOut]
    pace: PaceOut


class KeptOut(BaseModel):
    """What came of taking one comment in hand: the card, or why not."""

    comment_id: UUID
    card: CardOut | None
    code: str | None = Field(description="As of the problem that claiming it alone would answer.")
    detail: str | None


class QueuePage(BaseModel):
    as_of: datetime = Field(description="Send as `since` to `/v1/review/changes`.")
    items: list[CardOut]
    next: str | None = Field(description="Send as `cursor` for the next page; null on the last.")
