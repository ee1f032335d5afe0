"""What crosses HTTP when moderators review."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ml.labels import Label, Language
from service.appeals.rules import ANSWER_MAX_CHARS
from service.comments.status import Status
from service.decisions import priority
from service.moderators.queries import SignedIn
from service.review.cards import Card
from service.review.notes import NOTE_MAX_CHARS, clean_note
from service.review.queue_names import Queue
from service.review.standing import Standing
from service.review.tables import Choice, ChoiceState
from service.review.waits_schemas import WaitsOut
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
    queue: Queue = Field(default=Queue.HELD, description="Of which queue.")


class KeepIn(_Sent):
    """Which comments to take in hand, or to keep there for another lease."""

    comments: list[UUID] = Field(max_length=50)
    queue: Queue = Field(
        default=Queue.HELD,
        description="Where they wait. What is taken from `audit` is read blind while in hand.",
    )


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
        description="To overturn or confirm a decision: its id. Without it only a held comment is "
        "decided.",
    )
    queue: Queue = Field(
        default=Queue.HELD,
        description="Where the comment was put before you. What waits there is answered by the "
        "decision; in `audit` it is a second opinion, and the comment stays as it is.",
    )
    answer: Annotated[
        str | None,
        Field(
            max_length=ANSWER_MAX_CHARS,
            description="For the author who appealed, in queue `appeals`.",
        ),
        AfterValidator(clean_note),
    ] = None


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
    status: Status | None = Field(description="Null while the comment is read blind.")
    language: Language | None = Field(description="As the classifier recognised it.")
    language_certainty: float | None = Field(description="Its probability, in [0, 1].")
    created_at: datetime
    edited_at: datetime | None
    why: list[SentenceOut] = Field(description="Why the comment is here, in words.")
    scores: dict[Label, float] = Field(description="Probabilities in [0, 1] of this text.")
    urgency: float | None = Field(description="The highest probability of harm, in [0, 1].")
    priority: float | None = Field(
        description="Of what is held: likely harm, times one and the comments lately read under "
        "the article, times two for every four hours of waiting."
    )
    decision_id: int | None = Field(description="The newest decision; to overturn it, `replaces`.")
    claim: ClaimOut | None
    choice: ChoiceOut | None = Field(description="What a moderator decided last.")
    waits: WaitsOut | None = Field(description="What else waits for a person's word on it.")
    is_blind: bool = Field(
        description="Whether it is read for the audit: without status, scores, reasons, decisions."
    )

    @classmethod
    def of(cls, card: Card, who: SignedIn, slugs: dict[UUID, str], *, now: datetime) -> Self:
        found = cls._whole(card, who, slugs, now=now)
        return found.model_copy(update=_UNSEEN) if card.is_blind else found

    @classmethod
    def _whole(cls, card: Card, who: SignedIn, slugs: dict[UUID, str], *, now: datetime) -> Self:
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
            language_certainty=card.score.language_probability if card.score else None,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            why=[SentenceOut.model_validate(each) for each in card.decision.reasons]
            if card.decision
            else [],
            scores=card.score.by_label() if card.score else {},
            urgency=comment.urgency,
            priority=priority.weight(comment.priority, now=now)
            if comment.status is Status.HELD
            else None,
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
            waits=None if card.waits.is_nothing else WaitsOut.of(card.waits, who),
            is_blind=card.is_blind,
        )


# What somebody who is to judge a text by itself must not see of it.
_UNSEEN: Final[dict[str, Any]] = {
    "status": None,
    "why": [],
    "scores": {},
    "urgency": None,
    "priority": None,
    "decision_id": None,
    "choice": None,
    "waits": None,
}


class QueueOut(BaseModel):
    """How many wait, and since when the oldest of them."""

    queue: Queue
    site: str
    count: int = Field(
        description="Exact, up to 10,000. What you may not take, having decided it, is left out of "
        "the first 1,000 appeals and audits of a site."
    )
    is_capped: bool = Field(description="Whether there are more than 10,000.")
    oldest_at: datetime | None


class AlertOut(BaseModel):
    """Something that whoever works on the site should know now."""

    site: str
    code: str = Field(description="Stays the same over versions.", examples=["scoring_degraded"])
    sentence: str
    since: datetime | None


class QueuesOut(BaseModel):
    queues: list[QueueOut]
    alerts: list[AlertOut]


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
    status: Status | None = Field(description="Null while the comment is read blind.")
    revision: int
    claimed_by: str | None
    is_mine: bool = Field(description="Whether one has it in hand oneself.")
    choice: ChosenOut | None

    @classmethod
    def of(cls, found: Standing, moderator_id: UUID, *, blind: bool = False) -> Self:
        """Return what this moderator may see of it; ``blind``: nothing of how it was judged."""
        is_mine = found.holder_id == moderator_id
        is_blind = blind or (is_mine and found.is_read_blind)
        chosen = None if is_blind else found.choice
        return cls(
            id=found.id,
            status=None if is_blind else found.status,
            revision=found.revision,
            claimed_by=found.claimed_by,
            is_mine=is_mine,
            choice=None
            if chosen is None
            else ChosenOut(
                by=chosen.by,
                is_mine=chosen.moderator_id == moderator_id,
                status=chosen.status,
                state=chosen.state,
            ),
        )


class PaceOut(BaseModel):
    """One's own work of the last twelve hours."""

    decided: int
    median_seconds: float | None = Field(description="From taking in hand to deciding.")
    in_hand: int


class ChangesOut(BaseModel):
    as_of: datetime
    queues: list[QueueOut]
    alerts: list[AlertOut]
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
    order: str = Field(description="In which order this is, in words.")


class SearchPage(QueuePage):
    """What a search found."""

    similar: list[str] = Field(
        description="Words that were looked for in place of those that no comment has."
    )


class FacetOut(BaseModel):
    """One value that a queue can be narrowed by, and how many it leaves."""

    value: str
    title: str
    count: int


class FacetsOut(BaseModel):
    """By what a queue can be narrowed; counted over its first comments, `counted` of them."""

    counted: int
    languages: list[FacetOut]
    labels: list[FacetOut]
    reasons: list[FacetOut]
    articles: list[FacetOut]
