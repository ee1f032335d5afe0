"""What crosses HTTP when policies are tried and saved."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ml.labels import Label, Language
from ml.thresholds import Automatic
from service.comments.status import Status
from service.policy.operating_points import Solved
from service.policy.outcomes import Outcome
from service.policy.point_sentences import Source
from service.policy.schemas import Note, PolicyOut
from service.trials.actions import Saved, Standing, Trial
from service.trials.replay import Disagreement, Replay

DISAGREEMENTS_MAX = 1000


class RestoreIn(BaseModel):
    """Why an old version is to rule again."""

    model_config = ConfigDict(extra="forbid")

    note: Note


class SolvedOut(BaseModel):
    """What an operating point comes to with the live model version."""

    label: Label
    language: Language
    automatic: Annotated[Automatic, Field(description="What is done without a person.")]
    wish: Annotated[str, Field(description="What the site asked for, in words.")]
    threshold: Annotated[
        float | None,
        Field(description="Rejected from it, or published below it; null: nobody is spared."),
    ]
    source: Annotated[Source, Field(description="Whose labelled scores show it.")]
    own_decisions: Annotated[int, Field(description="Of the site's moderators, that bear on it.")]
    decisions_needed: int
    sentence: Annotated[str, Field(description="What was shown, and from what.")]

    @classmethod
    def of(cls, solved: Solved) -> Self:
        return cls(
            label=solved.wish.label,
            language=solved.wish.language,
            automatic=solved.wish.point.automatic,
            wish=str(solved.wish.point),
            threshold=solved.threshold,
            source=solved.source,
            own_decisions=solved.own,
            decisions_needed=solved.enough,
            sentence=solved.sentence,
        )


class OutcomesOut(BaseModel):
    """How many comments were or would be published, held, rejected by the policy itself."""

    approve: int
    hold: int
    reject: int

    @classmethod
    def of(cls, counts: Mapping[Outcome, int]) -> Self:
        return cls(**{outcome.name.lower(): counts.get(outcome, 0) for outcome in Outcome})


class CostOut(BaseModel):
    """What a policy costs, judged by the comments that it was tried on."""

    comments: Annotated[int, Field(description="How many it was tried on.")]
    days: Annotated[float, Field(description="How far they reach back.")]
    would: OutcomesOut
    was: Annotated[OutcomesOut, Field(description="What was done when they came.")]
    settled_share: Annotated[
        float | None, Field(description="The share that nobody would look at; null without any.")
    ]
    held_per_day: float
    held_per_day_was: float
    hours_per_day: Annotated[float, Field(description="At this site's own pace.")]
    hours_per_day_was: float
    seconds_per_comment: Annotated[float, Field(description="The site's pace.")]

    @classmethod
    def of(cls, replay: Replay, pace: timedelta) -> Self:
        held, was = replay.held_per_day(replay.would), replay.held_per_day(replay.was)
        hours = pace / timedelta(hours=1)
        count = replay.count
        settled = 1 - replay.would.get(Outcome.HOLD, 0) / count if count else None
        return cls(
            comments=count,
            days=round(replay.days, 2),
            would=OutcomesOut.of(replay.would),
            was=OutcomesOut.of(replay.was),
            settled_share=settled,
            held_per_day=round(held, 2),
            held_per_day_was=round(was, 2),
            hours_per_day=round(held * hours, 3),
            hours_per_day_was=round(was * hours, 3),
            seconds_per_comment=round(pace.total_seconds(), 1),
        )


class SavedOut(PolicyOut):
    """A version that rules, what its operating points come to, and what it costs."""

    operating_points: list[SolvedOut]
    cost: CostOut

    @classmethod
    def of_saved(cls, saved: Saved) -> Self:
        version = PolicyOut.of(saved.version)
        return cls(
            **{name: getattr(version, name) for name in PolicyOut.model_fields},
            operating_points=[SolvedOut.of(each) for each in saved.trial.solved],
            cost=CostOut.of(saved.trial.replay, saved.trial.pace),
        )


class TrialReason(BaseModel):
    code: str
    sentence: str


class DisagreementOut(BaseModel):
    """A comment that the policy would settle against what a moderator decided."""

    comment_id: UUID
    would: Annotated[str, Field(description="`approve` or `reject`.")]
    moderator: Annotated[Status, Field(description="What the moderator decided.")]
    severity: Annotated[float, Field(description="How sure the policy would be, 0 to 1.")]
    reasons: list[TrialReason]

    @classmethod
    def of(cls, found: Disagreement) -> Self:
        return cls(
            comment_id=found.comment_id,
            would=found.would.name.lower(),
            moderator=found.judged,
            severity=found.severity,
            reasons=[
                TrialReason(code=each.code, sentence=each.sentence) for each in found.ruling.reasons
            ],
        )


class PreviewOut(BaseModel):
    """What a draft would have done in the site's last days."""

    cost: CostOut
    is_whole: Annotated[
        bool, Field(description="Whether all comments of the last 30 days were tried.")
    ]
    operating_points: list[SolvedOut]
    judged: Annotated[int, Field(description="Comments that a moderator decided.")]
    disagreements_count: int
    disagreements: Annotated[
        list[DisagreementOut], Field(description="The worst first, as many as were asked for.")
    ]
    not_replayed: Annotated[
        list[str], Field(description="Rules of the draft that only the moment could judge.")
    ]

    @classmethod
    def of(cls, trial: Trial, *, limit: int) -> Self:
        found: Sequence[Disagreement] = trial.replay.disagreements
        return cls(
            cost=CostOut.of(trial.replay, trial.pace),
            is_whole=trial.is_whole,
            operating_points=[SolvedOut.of(each) for each in trial.solved],
            judged=trial.replay.judged,
            disagreements_count=len(found),
            disagreements=[DisagreementOut.of(each) for each in found[:limit]],
            not_replayed=list(trial.replay.not_replayed),
        )


class OperatingPointsOut(BaseModel):
    """What rules now: thresholds that were worked out, and labels that cannot speak."""

    items: list[SolvedOut]
    inactive: Annotated[
        dict[Language, list[Label]],
        Field(description="Labels that the live model version does not support in a language."),
    ]

    @classmethod
    def of(cls, standing: Standing) -> Self:
        return cls(
            items=[SolvedOut.of(each) for each in standing.solved],
            inactive=dict(standing.inactive),
        )
