"""What crosses HTTP of what waits on a comment besides its being held."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from service.appeals.tables import Appeal
from service.comments.status import Status
from service.moderators.queries import SignedIn
from service.reports.queries import Reported
from service.reports.reason import ReportReason
from service.reports.tables import Notice
from service.review.waits import Doubt, Waits
from service.sites.reader_language import ReaderLanguage


class ReportSaidOut(BaseModel):
    reason: ReportReason
    words: str
    at: datetime


class ReportsOut(BaseModel):
    """Readers' reports that nobody has resolved yet; who sent them, nobody is told."""

    count: int
    counted: int = Field(
        description="By how many people they count: reports from one network count as one."
    )
    by_reason: dict[ReportReason, int]
    said: list[ReportSaidOut] = Field(description="The first ten with words.")
    since: datetime

    @classmethod
    def of(cls, found: Reported) -> Self:
        return cls.model_validate(found, from_attributes=True)


class NoticeBriefOut(BaseModel):
    """A notice of illegal content; it is answered at `/v1/review/notices/{id}/answer`."""

    id: UUID
    law: str
    explanation: str
    since: datetime

    @classmethod
    def of(cls, notice: Notice) -> Self:
        return cls(
            id=notice.id,
            law=notice.law,
            explanation=notice.explanation,
            since=notice.created_at,
        )


class AppealBriefOut(BaseModel):
    """What the author says against the rejection."""

    id: UUID
    text: str
    language: ReaderLanguage = Field(description="In which the author reads the answer.")
    since: datetime
    is_yours: bool = Field(
        description="Whether one rejected the comment oneself: then another person has to read it."
    )

    @classmethod
    def of(cls, appeal: Appeal, who: SignedIn) -> Self:
        return cls(
            id=appeal.id,
            text=appeal.text,
            language=appeal.language,
            since=appeal.created_at,
            is_yours=appeal.rejected_by == who.moderator.id,
        )


class DoubtOut(BaseModel):
    """A person, and the scores or another person, say different things of the comment."""

    by: str = Field(description="Whose word it is.")
    said: Status = Field(description="What that person made of it.")
    is_audit: bool = Field(
        description="Whether it was said blind, in the audit, against what was decided; otherwise "
        "the classifier's scores speak against the person's decision."
    )
    gap: float | None = Field(description="How far scores and person are apart, in [0, 1].")
    since: datetime

    @classmethod
    def of(cls, doubt: Doubt) -> Self:
        found = doubt.disagreement
        return cls(
            by=doubt.by,
            said=found.said,
            is_audit=found.is_audit,
            gap=found.gap,
            since=found.opened_at,
        )


class WaitsOut(BaseModel):
    """What waits for a person's word on a comment, besides its being held."""

    reports: ReportsOut | None
    notices: list[NoticeBriefOut] = Field(description="The first ten that wait.")
    notice_count: int = Field(description="How many wait in all.")
    appeal: AppealBriefOut | None
    disagreement: DoubtOut | None

    @classmethod
    def of(cls, found: Waits, who: SignedIn) -> Self:
        return cls(
            reports=None if found.reported is None else ReportsOut.of(found.reported),
            notices=[NoticeBriefOut.of(each) for each in found.notices],
            notice_count=found.notice_count,
            appeal=None if found.appeal is None else AppealBriefOut.of(found.appeal, who),
            disagreement=None if found.doubt is None else DoubtOut.of(found.doubt),
        )
