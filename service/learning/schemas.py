"""What crosses HTTP about learning."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.learning.plan import PlanDocument
from service.learning.shadows import Comparison, Otherwise
from service.learning.states import Cause, RescoringState, RunState
from service.learning.tables import Plan, Rescoring, Run, Snapshot
from service.registry.tables import ModelVersion, Promotion, State

Slugs = Mapping[UUID, str]
SiteOut = Annotated[
    str | None, Field(description="Slug of the site whose own model it is; null: the shared one.")
]
Why = Annotated[str, Field(max_length=500, description="For the history.")]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VersionOut(BaseModel):
    """A model version, and where it stands."""

    number: int
    name: str
    digest: str = Field(description="Of its artifact: `sha256:…`.")
    state: State
    site: SiteOut
    created_at: datetime
    promoted_at: datetime | None
    damaged_at: datetime | None = Field(
        description="When its artifact was found to be damaged; what decided before goes on."
    )
    lineage: dict[str, Any] = Field(
        description="What it was made of: snapshot, prior, corpora, parameters, seed, code."
    )

    @classmethod
    def of(cls, row: ModelVersion, slugs: Slugs) -> Self:
        return cls(
            number=row.id,
            name=row.name,
            digest=row.digest,
            state=row.state,
            site=None if row.site_id is None else slugs.get(row.site_id),
            created_at=row.created_at,
            promoted_at=row.promoted_at,
            damaged_at=row.damaged_at,
            lineage=row.lineage,
        )


class VersionsOut(BaseModel):
    """Versions, newest first."""

    items: list[VersionOut]
    next: int | None = Field(description="Send as `after` for the next page; null on the last.")


class PromotionOut(BaseModel):
    """That a version took over from another."""

    version: int | None = Field(description="Null: the site goes by the shared model again.")
    replaced: int | None
    promoted_by: str
    why: str
    promoted_at: datetime

    @classmethod
    def of(cls, row: Promotion) -> Self:
        return cls(
            version=row.version_id,
            replaced=row.replaced_id,
            promoted_by=row.promoted_by,
            why=row.why,
            promoted_at=row.promoted_at,
        )


class DecidingOut(BaseModel):
    """What decides on a site, what scores beside it, and what decided before."""

    champion: VersionOut | None
    shadow: VersionOut | None
    promotions: list[PromotionOut]


class PromoteIn(_Sent):
    """Why a version is to decide."""

    why: Why = ""


class RollBackIn(_Sent):
    """Whose last promotion is to be taken back."""

    site: str | None = Field(
        default=None, max_length=100, description="Slug; null: of the shared model."
    )
    why: Why = ""


class RunOut(BaseModel):
    """A run of retraining."""

    id: UUID
    site: SiteOut
    state: RunState
    cause: Cause
    asked_by: str | None
    is_refresh: bool = Field(description="It was enough that the challenger was not worse.")
    progress: float = Field(description="From 0 to 1.")
    doing: str
    stages: dict[str, float] = Field(description="Seconds by stage.")
    champion: int | None = Field(description="The version that decided when the run began.")
    version: int | None = Field(description="The challenger.")
    snapshot: UUID | None
    why: str | None = Field(description="Why it ended so, for people.")
    started_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Run, slugs: Slugs) -> Self:
        return cls(
            id=row.id,
            site=None if row.site_id is None else slugs.get(row.site_id),
            state=row.state,
            cause=row.cause,
            asked_by=row.asked_by,
            is_refresh=row.is_refresh,
            progress=row.progress,
            doing=row.doing,
            stages=row.stages,
            champion=row.champion_id,
            version=row.version_id,
            snapshot=row.snapshot_id,
            why=row.why,
            started_at=row.started_at,
            ended_at=row.ended_at,
        )


class RunWholeOut(RunOut):
    """A run with its verdict and its figures."""

    verdict: dict[str, Any] | None = Field(description="Each check of the gate, as a sentence.")
    figures: dict[str, Any] | None = Field(description="All that was measured.")

    @classmethod
    def of(cls, row: Run, slugs: Slugs) -> Self:
        short = RunOut.of(row, slugs)
        return cls(**short.model_dump(), verdict=row.verdict, figures=row.figures)


class RunIn(_Sent):
    """Which model is to be retrained."""

    site: str = Field(
        max_length=100,
        description="Slug: the model that decides there is retrained, its own or the shared one.",
        examples=["border"],
    )
    is_refresh: bool = Field(
        default=False, description="Promote a challenger that is not worse; for admins."
    )


class SnapshotOut(BaseModel):
    """What was learned from: ids, never texts."""

    id: UUID
    digest: str = Field(description="Over all texts, labels, parts and weights.")
    seed: int
    taken_at: datetime
    newest_at: datetime | None
    facts: dict[str, Any] = Field(
        description="Counts; what was left out and why; which examples are gone since the last."
    )
    examples: list[UUID]
    parts: list[int] = Field(
        description="Of each example: 0 teaches, 1 calibrates, 2 judges, 3 would leak."
    )

    @classmethod
    def of(cls, row: Snapshot) -> Self:
        return cls(
            id=row.id,
            digest=row.digest,
            seed=row.seed,
            taken_at=row.taken_at,
            newest_at=row.newest_at,
            facts=row.facts,
            examples=row.example_ids,
            parts=row.parts,
        )


class PlanOut(BaseModel):
    """What a site wants of learning, and what is built in."""

    plan: PlanDocument
    built_in_gate: dict[str, float]
    built_in_schedule: str
    changed_by: str | None
    changed_at: datetime | None

    @classmethod
    def of(
        cls, document: PlanDocument, row: Plan | None, *, gate: dict[str, float], schedule: str
    ) -> Self:
        return cls(
            plan=document,
            built_in_gate=gate,
            built_in_schedule=schedule,
            changed_by=None if row is None else row.changed_by,
            changed_at=None if row is None else row.changed_at,
        )


class RescoringIn(_Sent):
    """Which old comments are to be scored by the version that decides now."""

    site: str = Field(max_length=100, description="Slug.", examples=["border"])
    since: datetime = Field(description="Comments sent since then.")


class RescoringOut(BaseModel):
    """A wish to score old comments again, and how far it is."""

    id: UUID
    site: str | None
    since: datetime
    asked_by: str
    asked_at: datetime
    scored: int
    state: RescoringState
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Rescoring, slugs: Slugs) -> Self:
        return cls(
            id=row.id,
            site=slugs.get(row.site_id),
            since=row.since,
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            scored=row.scored,
            state=row.state,
            ended_at=row.ended_at,
        )


class OtherwiseOut(BaseModel):
    """A comment on which champion and shadow differ."""

    comment_id: UUID
    body: str
    status: str = Field(description="As it stands.")
    champion: str = Field(description="`approve`, `hold` or `reject`, by scores alone.")
    shadow: str
    champion_scores: dict[str, float]
    shadow_scores: dict[str, float]
    scored_at: datetime

    @classmethod
    def of(cls, found: Otherwise) -> Self:
        return cls(
            comment_id=found.comment_id,
            body=found.body,
            status=found.status,
            champion=found.champion.name.lower(),
            shadow=found.shadow.name.lower(),
            champion_scores=found.champion_scores,
            shadow_scores=found.shadow_scores,
            scored_at=found.scored_at,
        )


class ShadowOut(BaseModel):
    """How far champion and shadow agree on the newest comments that both have scored."""

    champion: int = Field(description="Its number.")
    shadow: int
    looked_at: int
    differing: int
    items: list[OtherwiseOut]

    @classmethod
    def of(
        cls, found: Comparison, champion: ModelVersion, shadow: ModelVersion, *, limit: int
    ) -> Self:
        return cls(
            champion=champion.id,
            shadow=shadow.id,
            looked_at=found.looked_at,
            differing=len(found.differing),
            items=[OtherwiseOut.of(each) for each in found.differing[:limit]],
        )
