"""What crosses HTTP about quality."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from service.quality.report import Counts, Group, Progress, QualityReport
from service.quality.rules import CONFIDENCE, Agreement, Estimate


class EstimateOut(BaseModel):
    """A share with its interval."""

    value: Annotated[
        float | None, Field(description="In [0, 1]; null where nothing was judged yet.")
    ]
    low: Annotated[float, Field(description="The interval's lower end.")]
    high: Annotated[float, Field(description="The interval's upper end.")]
    count: Annotated[int, Field(description="From so many judgements.")]

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        return cls(value=estimate.value, low=estimate.low, high=estimate.high, count=estimate.count)


class ProgressOut(BaseModel):
    """What became of what was drawn."""

    drawn: int
    judged: int
    waiting: Annotated[int, Field(description="For a judgement, or for a second one.")]
    given_up: Annotated[int, Field(description="Nobody judged it in time, or it is gone.")]

    @classmethod
    def of(cls, progress: Progress) -> Self:
        return cls.model_validate(progress, from_attributes=True)


class CountsOut(BaseModel):
    """How many decisions there were."""

    approved: Annotated[
        float, Field(description="Automatically; estimated from how many were drawn.")
    ]
    rejected: Annotated[
        float, Field(description="Automatically; estimated from how many were drawn.")
    ]
    held_approved: Annotated[int, Field(description="Held, and then published by people.")]
    held_rejected: Annotated[int, Field(description="Held, and then rejected by people.")]
    approvals_reversed: Annotated[
        int, Field(description="Published automatically, and then rejected by people.")
    ]
    rejections_reversed: Annotated[
        int, Field(description="Rejected automatically, and then published by people.")
    ]
    rejections_reversed_on_appeal: Annotated[int, Field(description="Of these, on appeal.")]

    @classmethod
    def of(cls, counts: Counts) -> Self:
        return cls.model_validate(counts, from_attributes=True)


class AgreementOut(BaseModel):
    """How far people who judge the same comment say the same."""

    same: Annotated[EstimateOut, Field(description="Comments on which all agree.")]
    alpha: Annotated[
        float | None,
        Field(
            description="Krippendorff's alpha: 1 is perfect, 0 is chance; null where all verdicts "
            "are alike."
        ),
    ]
    alpha_low: float | None
    alpha_high: float | None

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        return cls(
            same=EstimateOut.of(agreement.same),
            alpha=agreement.alpha,
            alpha_low=agreement.alpha_low,
            alpha_high=agreement.alpha_high,
        )


class GroupOut(BaseModel):
    """Decisions that have a rule, a model version or a language in common."""

    name: str
    wrong: Annotated[
        EstimateOut,
        Field(description="Of the automatic ones, those that a blind judge decides otherwise."),
    ]
    released: Annotated[
        EstimateOut, Field(description="Of the held ones, those that people published.")
    ]

    @classmethod
    def of_all(cls, groups: Sequence[Group]) -> list[Self]:
        return [
            cls(
                name=each.name,
                wrong=EstimateOut.of(each.wrong),
                released=EstimateOut.of(each.released),
            )
            for each in groups
        ]


class QualityOut(BaseModel):
    """How good a site's decisions are, from blind judgements and from what people decided."""

    site: str
    since: datetime
    until: datetime
    confidence: Annotated[float, Field(description="Of each interval.")]
    progress: ProgressOut
    counts: CountsOut
    precision: Annotated[
        EstimateOut,
        Field(description="Of what was rejected automatically, what people would reject too."),
    ]
    missed: Annotated[
        EstimateOut,
        Field(description="Of what was published automatically, what people would reject."),
    ]
    recall: Annotated[
        EstimateOut,
        Field(description="Of what people would reject, what was not published unseen."),
    ]
    prevalence: Annotated[
        EstimateOut, Field(description="Of all that was decided, what people would reject.")
    ]
    agreement: AgreementOut
    by_reason: Annotated[list[GroupOut], Field(description="By the rule that decided.")]
    by_model_version: list[GroupOut]
    by_language: list[GroupOut]

    @classmethod
    def of(cls, report: QualityReport, *, site: str) -> Self:
        return cls(
            site=site,
            since=report.since,
            until=report.until,
            confidence=CONFIDENCE,
            progress=ProgressOut.of(report.progress),
            counts=CountsOut.of(report.counts),
            precision=EstimateOut.of(report.precision),
            missed=EstimateOut.of(report.missed),
            recall=EstimateOut.of(report.recall),
            prevalence=EstimateOut.of(report.prevalence),
            agreement=AgreementOut.of(report.agreement),
            by_reason=GroupOut.of_all(report.by_reason),
            by_model_version=GroupOut.of_all(report.by_model_version),
            by_language=GroupOut.of_all(report.by_language),
        )
