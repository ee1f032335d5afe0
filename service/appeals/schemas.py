"""What crosses HTTP about statements and appeals."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.appeals.outcome import AppealState, Outcome
from service.appeals.queries import ToRead
from service.appeals.rules import ANSWER_MAX_CHARS, TEXT_MAX_CHARS
from service.appeals.statement import BroughtBy, Statement
from service.appeals.tables import Appeal
from service.comments.status import Status
from service.decisions.tables import Actor
from service.sites.reader_language import ReaderLanguage
from service.sites.reasons import Ground

# Normalising can make a text shorter, never longer than this by itself.
_SENT_MAX_CHARS = 8 * TEXT_MAX_CHARS


class DecidedBy(StrEnum):
    """Who or what rejected the comment; no person is named."""

    AUTOMATIC = "automatic"
    MODERATOR = "moderator"
    SITE = "site"


_DECIDED_BY = {Actor.POLICY: DecidedBy.AUTOMATIC, Actor.MODERATOR: DecidedBy.MODERATOR}


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AppealIn(_Sent):
    """Why the comment should be published."""

    text: Annotated[
        str,
        Field(
            max_length=_SENT_MAX_CHARS,
            description=f"1 to {TEXT_MAX_CHARS} characters, counted as a comment's are.",
            examples=["I quoted the minister, and said myself that I do not agree."],
        ),
    ]
    language: Annotated[
        ReaderLanguage, Field(description="In which the author reads the outcome.")
    ] = ReaderLanguage.ENGLISH


class StatedReasonOut(BaseModel):
    code: Annotated[str, Field(description="Stable, for programs.")]
    sentence: Annotated[str, Field(description="For the author, in the statement's language.")]


class StatedAppealOut(BaseModel):
    """The author's appeal, and what became of it."""

    state: AppealState
    text: str
    created_at: datetime
    decided_at: datetime | None
    answer: Annotated[str | None, Field(description="What whoever read it writes to the author.")]

    @classmethod
    def of(cls, appeal: Appeal) -> Self:
        return cls(
            state=appeal.state,
            text=appeal.text,
            created_at=appeal.created_at,
            decided_at=appeal.decided_at,
            answer=appeal.answer,
        )


class StatementOut(BaseModel):
    """Why a comment is not published. Of a withdrawn comment nothing is left but its status."""

    comment_id: UUID
    status: Annotated[Status, Field(description="Where the comment stands now.")]
    language: ReaderLanguage
    article: Annotated[str, Field(description="The article's title.")]
    body: Annotated[str, Field(description="The text; empty once it is withdrawn.")]
    created_at: datetime
    decided_at: Annotated[datetime | None, Field(description="When it was rejected.")]
    decided_by: DecidedBy | None
    brought_by: Annotated[
        BroughtBy | None,
        Field(description="What put it before the moderator: rules, readers' reports, a notice."),
    ]
    ground: Ground | None
    law: Annotated[str | None, Field(description="Which one, if a notice named it.")]
    reasons: list[StatedReasonOut]
    policy_version: Annotated[
        int | None, Field(description="Of the site's rules; 0 is the built-in ones.")
    ]
    model_version: Annotated[
        str | None, Field(description="Of the classifier, where it took part.")
    ]
    appeal: StatedAppealOut | None
    appeal_until: Annotated[
        datetime | None, Field(description="Until when it can be appealed; null: it cannot.")
    ]

    @classmethod
    def of(cls, stated: Statement, language: ReaderLanguage) -> Self:
        comment, rejection = stated.comment, stated.rejection
        return cls(
            comment_id=comment.id,
            status=comment.status,
            language=language,
            article=stated.article.title,
            body=comment.body,
            created_at=comment.created_at,
            decided_at=rejection.decided_at if rejection else None,
            decided_by=_DECIDED_BY.get(rejection.actor, DecidedBy.SITE) if rejection else None,
            brought_by=stated.brought_by,
            ground=stated.ground if rejection else None,
            law=stated.law,
            reasons=[
                StatedReasonOut(code=each.code, sentence=each.sentence) for each in stated.reasons
            ],
            policy_version=stated.policy_version,
            model_version=stated.model_version,
            appeal=StatedAppealOut.of(stated.appeal) if stated.appeal else None,
            appeal_until=stated.appeal_until,
        )


class ToReadOut(BaseModel):
    """An appeal that waits to be read."""

    id: UUID
    site: Annotated[str, Field(description="Slug.")]
    comment_id: UUID
    body: Annotated[str, Field(description="The comment's newest text.")]
    revision: Annotated[int, Field(description="Its number; send it back with the outcome.")]
    text: Annotated[str, Field(description="What the author says.")]
    language: ReaderLanguage
    created_at: datetime
    reason: Annotated[str, Field(description="Code of the reason for which it was rejected.")]
    automatic: Annotated[bool, Field(description="Rejected without a person.")]

    @classmethod
    def of(cls, found: ToRead, site: str) -> Self:
        return cls(
            id=found.appeal.id,
            site=site,
            comment_id=found.comment.id,
            body=found.comment.body,
            revision=found.comment.revision,
            text=found.appeal.text,
            language=found.appeal.language,
            created_at=found.appeal.created_at,
            reason=found.rejection.reason,
            automatic=found.rejection.actor is Actor.POLICY,
        )


class OutcomeIn(_Sent):
    """What is decided about an appeal."""

    outcome: Outcome
    revision: Annotated[
        int,
        Field(
            ge=1, le=2**31 - 1, description="The `revision` that was read; another one is a 409."
        ),
    ]
    answer: Annotated[
        str | None,
        Field(
            max_length=8 * ANSWER_MAX_CHARS,
            description="For the author, who reads it on the statement's page.",
        ),
    ] = None


class DecidedAppealOut(BaseModel):
    """An appeal after it was read."""

    id: UUID
    comment_id: UUID
    state: AppealState
    answer: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, appeal: Appeal) -> Self:
        return cls(
            id=appeal.id,
            comment_id=appeal.comment_id,
            state=appeal.state,
            answer=appeal.answer,
            decided_at=appeal.decided_at,
        )
